from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pdot", "0003_llevar_lo_anterior")]

    operations = [
        migrations.RemoveField(model_name="historicalpdot", name="objetivos_texto"),
        migrations.RemoveField(model_name="pdot", name="objetivos_texto"),
    ]
