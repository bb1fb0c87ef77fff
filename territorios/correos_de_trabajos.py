"""El correo de un trabajo en segundo plano que terminó. No lleva el ZIP: dice dónde bajarlo."""

from django.utils import timezone
from django.utils.formats import date_format

from .models import Trabajo


def terminado(trabajo):
    """A quien lo pidió: quedó listo, o no se pudo y por qué."""
    direccion = f"{trabajo.sitio}{trabajo.get_absolute_url()}"
    if trabajo.estado == Trabajo.Estado.LISTO:
        hasta = date_format(timezone.localtime(trabajo.vence), r"l j \d\e F \d\e Y")
        texto = (
            f"Buen día:\n\nYa puede descargar «{trabajo}», en un solo archivo ZIP:\n"
            f"{direccion}\n\nEl ZIP se guarda hasta el {hasta}. Los documentos que lleva quedan "
            "emitidos, con su número y su código.\n"
        )
        return {"asunto": f"Listo: {trabajo}", "texto": texto}
    texto = (
        f"Buen día:\n\nNo se terminó «{trabajo}». {trabajo.motivo}\n\nLo que ya estaba hecho se "
        f"conserva. Puede reanudarlo aquí:\n{direccion}\n"
    )
    return {"asunto": f"Sin terminar: {trabajo}", "texto": texto}
