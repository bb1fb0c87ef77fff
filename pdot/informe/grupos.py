"""Los grupos circunvecinos: dónde están (Figura 1) y quiénes los integran (Tabla 1)."""

from acompanamiento.mapas import mapa_de_grupos
from acompanamiento.models import Membresia
from territorios.models import Gad
from territorios.texto import enumerar

from .secciones import Seccion

# Como los nombra la Tabla 1 de la fuente.
NIVELES = {
    "provinciales": ("Provincial", "Provinciales"),
    "municipales": ("Municipal", "Municipales"),
    "parroquiales": ("Parroquial", "Parroquiales"),
}


def contexto(alcance):
    grupos = list(alcance.grupos.prefetch_related("criterios_secundarios", "espacio"))
    return {
        "mapa": mapa_de_grupos(grupos, identificador="informe") if grupos else None,
        "filas": con_miembros(grupos),
        "espacios": _por_espacio(grupos),
        "cancelados": [g for g in alcance.todos_los_grupos if not g.esta_vivo],
    }


def con_miembros(grupos):
    """[(grupo, [(«Municipales (3)», [(nombre, es la sede)])], criterios)]. Una consulta."""
    gads = {grupo.pk: {columna: [] for columna in NIVELES} for grupo in grupos}
    miembros = Membresia.objects.vigentes_en().filter(grupo__in=list(gads)).order_by("gad")
    for grupo, codigo, nivel, nombre in miembros.values_list(
        "grupo", "gad", "gad__nivel", "gad__territorio__nombre"
    ):
        gads[grupo][Gad.COLUMNA[nivel]].append((codigo, nombre))
    return [(grupo, _niveles(grupo, gads[grupo.pk]), _criterios(grupo)) for grupo in grupos]


def _niveles(grupo, por_nivel):
    return [
        (
            f"{NIVELES[columna][len(suyos) > 1]} ({len(suyos)})",
            [(nombre, codigo == grupo.sede_id) for codigo, nombre in suyos],
        )
        for columna, suyos in por_nivel.items()
        if suyos
    ]


def _criterios(grupo):
    """«Gestión de riesgos; además, desarrollo pesquero», o vacío si está por definir."""
    principal = grupo.criterio.nombre if grupo.criterio else ""
    otros = enumerar([criterio.nombre.lower() for criterio in grupo.criterios_secundarios.all()])
    return f"{principal}; además, {otros}" if principal and otros else principal or otros


def _por_espacio(grupos):
    """[(espacio, «1 y 2»)]: los que acoge un espacio de coordinación."""
    acogidos = {}
    for grupo in grupos:
        if grupo.espacio:
            acogidos.setdefault(grupo.espacio, []).append(str(grupo.numero))
    return [(espacio, enumerar(numeros)) for espacio, numeros in acogidos.items()]


SECCION = Seccion("grupos", "Grupos circunvecinos", "pdot/informe/grupos.html", contexto)
