"""Lo que espera a una persona, en bloques: cada app ofrece los suyos en `pendientes.para_tablero`.

Cada bloque muestra lo primero y dice cuánto hay en total, con la lista donde está todo.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Value, Window
from django.urls import reverse
from django.utils import timezone

from .jurisdiccion import Permiso
from .models import Mensaje
from .texto import cuantos

MOSTRADOS = 5
# Lo que se cuenta del correo.
ATRASADOS, SIN_SALIR = "correos atrasados", "correos sin salir"


@dataclass
class Pendiente:
    """Algo por hacer, con el enlace donde se hace. `urge`: si ya pasó su fecha o está por pasar."""

    texto: str
    direccion: str
    accion: str
    detalle: str = ""
    urge: bool = False


@dataclass
class Bloque:
    """Pendientes de una clase. `total` cuenta también los que no caben; `lista`: dónde están."""

    titulo: str
    filas: list = field(default_factory=list)
    total: int = 0
    lista: str = ""

    @property
    def urge(self):
        return any(fila.urge for fila in self.filas)

    @property
    def sobran(self):
        return self.total > len(self.filas)


def en_bloque(titulo, consulta, fila, lista="", mostrados=MOSTRADOS):
    """El bloque de los primeros de una consulta ya ordenada, con el total en la misma consulta.

    `fila`: función que hace un Pendiente de cada objeto.
    """
    primeros = list(consulta.annotate(en_total=Window(Count("pk")))[:mostrados])
    total = primeros[0].en_total if primeros else 0
    return Bloque(titulo, [fila(uno) for uno in primeros], total, lista)


def lo_urgente_primero(bloques):
    """Sin los vacíos; cada app ya los da en su orden."""
    return sorted((uno for uno in bloques if uno.total), key=lambda uno: not uno.urge)


def hace_o_faltan(fecha, hoy=None):
    """«hoy», «hace 3 días», «en 1 día»."""
    dias = (fecha - (hoy or timezone.localdate())).days
    if dias == 0:
        return "hoy"
    return f"{'hace' if dias < 0 else 'en'} {cuantos(abs(dias), 'día', 'días')}"


def cuentas_del_correo(usuario):
    """[consulta de (qué, cuántos)] de lo que su bloque dice; el tablero las une a sus cuentas."""
    if not usuario.puede(Permiso.ADMINISTRAR):
        return []
    hace_una_hora = timezone.now() - timedelta(hours=1)
    mensajes = {
        ATRASADOS: Mensaje.objects.atrasados(hace_una_hora),
        SIN_SALIR: Mensaje.objects.filter(estado__in=Mensaje.POR_DECIDIR),
    }
    return [
        suyos.order_by().annotate(que=Value(que)).values_list("que").annotate(n=Count("pk"))
        for que, suyos in mensajes.items()
    ]


def del_correo(cuentas):
    """El bloque de la central, si el correo no está saliendo o espera que alguien decida."""
    cola = reverse("admin:territorios_mensaje_changelist")
    filas = []
    if atrasados := cuentas.get(ATRASADOS):
        espera = "correo espera" if atrasados == 1 else "correos esperan"
        texto = f"{atrasados} {espera} desde hace más de una hora: el correo no está saliendo."
        donde = f"{cola}?estado__exact=pendiente"
        filas.append(Pendiente(texto, donde, "Ver la cola", urge=True))
    if sin_salir := cuentas.get(SIN_SALIR):
        texto = f"{cuantos(sin_salir, 'correo', 'correos')} sin salir: decida si se reintenta."
        filas.append(Pendiente(texto, f"{cola}?estado__in=fallido,dudoso", "Decidir", urge=True))
    return Bloque("El correo", filas, len(filas))
