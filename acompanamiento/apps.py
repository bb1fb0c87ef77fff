from django.apps import AppConfig


class AcompanamientoConfig(AppConfig):
    name = "acompanamiento"
    verbose_name = "Acompañamiento"
