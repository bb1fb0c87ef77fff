from django.apps import AppConfig


class TalleresConfig(AppConfig):
    name = "talleres"
    verbose_name = "Talleres"

    def ready(self):
        from territorios.comprobaciones import anunciar

        from .certificados import pagina_de_codigo

        anunciar(pagina_de_codigo)
