"""La estrategia que sigue: su esquema por ámbitos y la hoja de ruta de los grupos que faltan."""

from acompanamiento.mapas import mapa_de_grupos
from acompanamiento.models import CumplimientoHito, HitoGrupo, Membresia
from territorios.texto import enumerar

from .grupos import con_miembros
from .metodo import elementos_de
from .secciones import Seccion


def contexto(alcance):
    por_tipo = elementos_de(alcance.estrategia)
    propuestos = list(alcance.propuestos.prefetch_related("criterios_secundarios"))
    conformados = list(alcance.grupos)
    hitos = _hitos([*conformados, *propuestos])
    ambitos, esquema = _esquema(por_tipo)
    en_curso = _en_curso(conformados, hitos)
    return {
        "ambitos": ambitos,
        "esquema": esquema,
        "espacios": enumerar([uno.nombre for uno in por_tipo["espacio"]]),
        "ejes_estrategicos": por_tipo["eje_estrategico"],
        "mapa": mapa_de_grupos(propuestos, identificador="por-venir") if propuestos else None,
        "propuestos": con_miembros(propuestos),
        "hojas": [(grupo, hitos[grupo.pk]) for grupo in propuestos if hitos[grupo.pk]],
        "comunes": _comunes([hitos[grupo.pk] for grupo in propuestos]),
        "en_curso": en_curso,
        "por_hito": _por_hito(en_curso) if alcance.es_resumido else None,
    }


# --- El esquema (Tabla 3 de la fuente) ------------------------------------------------------------


def _esquema(por_tipo):
    """(ámbitos, filas): una columna por ámbito; cada celda, [(título, [elementos])]."""
    ambitos = por_tipo["ambito"]
    filas = [
        [_piezas(por_tipo, ambito.nombre, titulos) for ambito in ambitos]
        for titulos in (
            {"objetivo": "Objetivos"},
            {"accion": "Estrategias", "fase": "Fases"},
            {"eje": "Eje"},
        )
    ]
    return ambitos, [fila for fila in filas if any(fila)]


def _piezas(por_tipo, ambito, titulos):
    celda = [(t, [e for e in por_tipo[tipo] if e.ambito == ambito]) for tipo, t in titulos.items()]
    return [(titulo, piezas) for titulo, piezas in celda if piezas]


# --- Las hojas de ruta ----------------------------------------------------------------------------


def _hitos(grupos):
    """{grupo: [HitoGrupo]} con su hito, en orden. Una consulta."""
    por_grupo = {grupo.pk: [] for grupo in grupos}
    for hito in HitoGrupo.objects.filter(grupo__in=list(por_grupo)).select_related("hito"):
        por_grupo[hito.grupo_id].append(hito)
    return por_grupo


def _comunes(hojas):
    """Los hitos que llevan todas las hojas y que en ninguna tienen fecha: se dicen una vez."""
    sin_fecha = hojas and not any(h.fecha_inicio or h.fecha_meta for hoja in hojas for h in hoja)
    iguales = len({tuple(hito.hito_id for hito in hoja) for hoja in hojas}) == 1
    return [hito.hito for hito in hojas[0]] if sin_fecha and iguales else []


def _en_curso(grupos, hitos):
    """[(grupo, [(hito, cumplidos, miembros)])] de los conformados que ya tienen hoja de ruta."""
    con_hoja = [grupo for grupo in grupos if hitos[grupo.pk]]
    miembros = {grupo.pk: set() for grupo in con_hoja}
    vigentes = Membresia.objects.vigentes_en().filter(grupo__in=list(miembros))
    for grupo, gad in vigentes.values_list("grupo", "gad"):
        miembros[grupo].add(gad)
    hechos = {}
    de_ellos = CumplimientoHito.objects.filter(hito__grupo__in=list(miembros))
    for hito, gad in de_ellos.values_list("hito", "gad"):
        hechos.setdefault(hito, set()).add(gad)

    def cuenta(grupo, hito):
        suyos = miembros[grupo.pk]
        return hito, len(hechos.get(hito.pk, set()) & suyos), len(suyos)

    return [(grupo, [cuenta(grupo, hito) for hito in hitos[grupo.pk]]) for grupo in con_hoja]


def _por_hito(en_curso):
    """[(hito, en cuántos grupos, cumplidos, miembros)], si grupo por grupo no caben."""
    cuentas = {}
    for de_grupo, cumplidos, total in (uno for _, suyos in en_curso for uno in suyos):
        grupos, hechos, todos = cuentas.get(de_grupo.hito, (0, 0, 0))
        cuentas[de_grupo.hito] = (grupos + 1, hechos + cumplidos, todos + total)
    return [(hito, *suyas) for hito, suyas in cuentas.items()]


SECCION = Seccion(
    "hoja_de_ruta",
    "La estrategia y los grupos que faltan",
    "pdot/informe/hoja_de_ruta.html",
    contexto,
)
