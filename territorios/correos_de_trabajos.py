"""El correo de un trabajo en segundo plano que terminó. No lleva el archivo: dice dónde bajarlo."""

from django.utils import timezone
from django.utils.formats import date_format

from .models import Trabajo


def terminado(trabajo, *, en_zip):
    """A quien lo pidió: quedó listo, o no se pudo y por qué."""
    direccion = f"{trabajo.sitio}{trabajo.get_absolute_url()}"
    if trabajo.estado == Trabajo.Estado.LISTO:
        texto = f"Buen día:\n\n{_lo_que_hay(trabajo, direccion, en_zip)}"
        return {"asunto": f"Listo: {trabajo}", "texto": texto}
    texto = (
        f"Buen día:\n\nNo se terminó «{trabajo}». {trabajo.motivo}\n\nLo que ya estaba hecho se "
        f"conserva. Puede reanudarlo aquí:\n{direccion}\n"
    )
    return {"asunto": f"Sin terminar: {trabajo}", "texto": texto}


def _lo_que_hay(trabajo, direccion, en_zip):
    if not trabajo.archivo:
        return (
            f"Ya puede descargar «{trabajo}», en PDF:\n{direccion}\n\n"
            "Queda emitido, con su número y su código de comprobación.\n"
        )
    hasta = date_format(timezone.localtime(trabajo.vence), r"l j \d\e F \d\e Y")
    if en_zip:
        return (
            f"Ya puede descargar «{trabajo}», en un solo archivo ZIP:\n{direccion}\n\n"
            f"El ZIP se guarda hasta el {hasta}. Los documentos que lleva quedan emitidos, con su "
            "número y su código.\n"
        )
    return (
        f"Ya puede descargar «{trabajo}», en PDF:\n{direccion}\n\n"
        f"Se guarda hasta el {hasta}. No lleva número ni código: no está emitido.\n"
    )
