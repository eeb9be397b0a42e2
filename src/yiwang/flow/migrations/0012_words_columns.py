"""Room for notes, ratings' words and names of files, sealed. It is filled by the next step and alone from the one after."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("flow", "0011_case_recordings")]

    operations = [
        migrations.AddField("casenote", "sealed_zh", models.BinaryField(default=b"")),
        migrations.AddField("casenote", "sealed_en", models.BinaryField(default=b"")),
        migrations.AddField("casefile", "sealed_name", models.BinaryField(default=b"")),
        migrations.AddField("rating", "sealed_words", models.BinaryField(default=b"")),
    ]
