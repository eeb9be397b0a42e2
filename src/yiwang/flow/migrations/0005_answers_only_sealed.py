"""The columns in the open go. Their bytes leave the disk when the tables are next rewritten (`VACUUM FULL` on PostgreSQL,
`VACUUM` on SQLite); backups made before still hold them.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("flow", "0004_answers_sealed")]

    operations = [
        migrations.RemoveField("case", "applicant"),
        migrations.RemoveField("case", "answers"),
        migrations.RemoveField("case", "state"),
        migrations.RemoveField("casestep", "event"),
        migrations.RemoveField("draft", "answers"),
    ]
