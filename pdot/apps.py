from django.apps import AppConfig


class PdotConfig(AppConfig):
    name = "pdot"
    verbose_name = "PDOT"

    def ready(self):
        from . import tarea_de_avance

        tarea_de_avance.escuchar()
        # Quien hace los trabajos en segundo plano tiene que conocer los de esta app.
        from . import trabajo_fichas, trabajo_informe  # noqa: F401
