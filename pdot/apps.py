from django.apps import AppConfig


class PdotConfig(AppConfig):
    name = "pdot"
    verbose_name = "PDOT"

    def ready(self):
        # Quien hace los trabajos en segundo plano tiene que conocer los de esta app.
        from . import trabajo_fichas  # noqa: F401
