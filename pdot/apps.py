from django.apps import AppConfig


class PdotConfig(AppConfig):
    name = "pdot"
    verbose_name = "PDOT"
