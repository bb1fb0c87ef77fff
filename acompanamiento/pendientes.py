"""Lo que espera a cada quien en el acompañamiento: acuerdos y líneas programáticas."""

from django.db.models import Count
from django.urls import reverse

from territorios.pendientes import Bloque, Pendiente, en_bloque, hace_o_faltan

from .models import Acuerdo, LineaProgramatica


def para_tablero(usuario):
    return [_acuerdos(usuario), _lineas(usuario)]


def _acuerdos(usuario):
    """Aquellos cuyo avance le toca anotar: en un GAD, también los que están por vencer."""
    suyos = Acuerdo.objects.con_avance_de(usuario)
    lista = reverse("acompanamiento:acuerdos")
    if usuario.gad_id:
        por_vencer = Acuerdo.objects.filter(pk__in=suyos.values("pk")).por_vencer()
        donde = f"{lista}?estado=por_vencer&quien=mios"
        return en_bloque("Acuerdos de su GAD", _en_orden(por_vencer), _acuerdo, donde)
    vencidos = _en_orden(suyos.vencidos())
    return en_bloque("Acuerdos vencidos", vencidos, _acuerdo, f"{lista}?estado=vencido")


def _en_orden(acuerdos):
    return acuerdos.select_related("grupo").order_by("fecha_limite", "pk")


def _acuerdo(acuerdo):
    como = "Venció" if acuerdo.esta_vencido else "Vence"
    return Pendiente(
        acuerdo.texto[:120],
        reverse("acompanamiento:acuerdo", args=[acuerdo.pk]),
        "Anotar avance",
        f"{como} {hace_o_faltan(acuerdo.fecha_limite)}, el {acuerdo.fecha_limite:%d/%m/%Y} · "
        f"Grupo {acuerdo.grupo.numero}",
        acuerdo.esta_vencido,
    )


def _lineas(usuario):
    """Una fila por estrategia con líneas que esperan lo que diga su GAD."""
    esperan = LineaProgramatica.objects.por_pronunciar(usuario).order_by("estrategia")
    if not usuario.gad_id:
        return Bloque("Líneas programáticas")
    cuentas = esperan.values_list(
        "estrategia__codigo", "provincia", "provincia__territorio__nombre"
    ).annotate(n=Count("pk"))
    filas = [_linea(*cuenta) for cuenta in cuentas]
    return Bloque("Líneas programáticas", filas, len(filas))


def _linea(estrategia, provincia, nombre, cuantas):
    lineas = "1 línea programática" if cuantas == 1 else f"{cuantas} líneas programáticas"
    espera = "espera" if cuantas == 1 else "esperan"
    return Pendiente(
        f"{lineas} de {nombre} {espera} su pronunciamiento.",
        reverse("acompanamiento:lineas_de_provincia", args=[estrategia, provincia]),
        "Pronunciarse",
    )
