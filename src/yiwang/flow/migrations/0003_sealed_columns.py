"""Room for what people said in cases and drafts, sealed. It is filled by the next step and alone from the one after."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("flow", "0002_owed_index")]

    operations = [
        migrations.AddField("case", "sealed_applicant", models.BinaryField(default=b"")),
        migrations.AddField("case", "sealed_answers", models.BinaryField(default=b"")),
        migrations.AddField("case", "sealed_state", models.BinaryField(default=b"")),
        migrations.AddField("casestep", "outline", models.JSONField(default=dict)),
        migrations.AddField("casestep", "sealed_said", models.BinaryField(default=b"")),
        migrations.AddField("draft", "sealed_answers", models.BinaryField(default=b"")),
    ]
