"""The columns in the open go. Their bytes leave the disk when the tables are next rewritten, as with answers (0005)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("flow", "0013_words_sealed")]

    operations = [
        migrations.RemoveField("casenote", "text_zh"),
        migrations.RemoveField("casenote", "text_en"),
        migrations.RemoveField("casefile", "name"),
        migrations.RemoveField("rating", "text"),
    ]
