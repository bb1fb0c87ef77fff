from django.apps import AppConfig


class TerritoriosConfig(AppConfig):
    name = "territorios"
    verbose_name = "Territorio"

    def ready(self):
        from . import revisiones  # noqa: F401
        from .comprobaciones import anunciar
        from .emision import pagina_de_codigo

        anunciar(pagina_de_codigo)
