from django.apps import AppConfig


class TerritoriosConfig(AppConfig):
    name = "territorios"
    verbose_name = "Territorio"

    def ready(self):
        from . import revisiones  # noqa: F401
