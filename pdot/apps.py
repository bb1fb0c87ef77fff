from django.apps import AppConfig


class PdotConfig(AppConfig):
    name = "pdot"
    verbose_name = "PDOT"

    def ready(self):
        from . import tarea_de_avance

        tarea_de_avance.escuchar()
