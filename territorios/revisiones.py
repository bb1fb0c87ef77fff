"""Lo que en producción funciona a medias y nadie notaría: `manage.py check` lo advierte."""

from django.conf import settings
from django.core.checks import Warning, register

CORREO_QUE_NO_SALE = ("console", "locmem", "dummy", "filebased")
CACHE_DE_UN_PROCESO = ("locmem.LocMemCache", "dummy.DummyCache")


@register
def revisar_produccion(app_configs, **kwargs):
    """Correo que no sale y caché que los procesos no comparten; solo en producción."""
    if not settings.PRODUCCION:
        return []
    return [*_revisar_correo(), *_revisar_cache()]


def _revisar_correo():
    if settings.EMAIL_BACKEND.split(".")[-2] in CORREO_QUE_NO_SALE:
        yield Warning(
            "El correo no sale de esta máquina: nadie podrá recuperar su clave.",
            hint="Ponga EMAIL_URL en .env.",
            id="territorios.W001",
        )


def _revisar_cache():
    if settings.CACHES["default"]["BACKEND"].endswith(CACHE_DE_UN_PROCESO):
        yield Warning(
            "La caché es de cada proceso: los intentos de ingreso se cuentan por separado.",
            hint="Ponga CACHE_URL en .env; por ejemplo, dbcache://cache_compartida.",
            id="territorios.W002",
        )
