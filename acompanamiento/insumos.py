"""De la base al motor de propuestas: cantones, vecindad y quién ya tiene grupo."""

from collections import Counter, defaultdict

from territorios.models import Territorio, Vecindad

from .contiguidad import veredicto
from .exigencias import Canton
from .models import Membresia

CANTON = Territorio.Nivel.CANTON


def cantones_en(fecha):
    """Los cantones vigentes en la fecha, con sus parroquias rurales de entonces. 3 consultas."""
    rurales = Territorio.objects.parroquias_rurales().vigentes_en(fecha)
    parroquias = Counter(rurales.values_list("padre_id", flat=True))
    temas = temas_por_canton()
    territorios = Territorio.objects.cantones().vigentes_en(fecha).select_related("padre")
    return [
        Canton(
            codigo=territorio.codigo,
            nombre=territorio.nombre,
            provincia=territorio.padre.nombre,
            zona=territorio.zona_id,
            parroquias=parroquias[territorio.codigo],
            lon=_numero(territorio.lon),
            lat=_numero(territorio.lat),
            temas=frozenset(temas[territorio.codigo]),
        )
        for territorio in territorios
    ]


def _numero(decimal):
    return None if decimal is None else float(decimal)


def vecindad_cantonal():
    """Par de códigos (a < b) → km de límite común, de todo el país."""
    pares = Vecindad.objects.filter(a__nivel=CANTON).values_list("a_id", "b_id", "km")
    return {(a, b): float(km) for a, b, km in pares}


def temas_por_canton():
    """Los criterios de los grupos en que cada cantón está o estuvo, aunque se cancelaran."""
    temas = defaultdict(set)
    criterios = Membresia.objects.filter(gad__territorio__nivel=CANTON).values_list(
        "gad_id", "grupo__criterio__nombre", "grupo__criterios_secundarios__nombre"
    )
    for canton, *nombres in criterios:
        temas[canton] |= {nombre for nombre in nombres if nombre}
    return temas


def con_grupo(estrategia, *, propuestos=False):
    """Códigos de los cantones que hoy están en un grupo conformado de la estrategia.

    Los de un grupo solo propuesto siguen por agrupar, porque hay otras maneras de juntarlos;
    `propuestos=True` los cuenta también.
    """
    membresias = Membresia.objects.vigentes() if propuestos else Membresia.objects.acompanados()
    cantones = membresias.filter(grupo__estrategia=estrategia, gad__territorio__nivel=CANTON)
    return set(cantones.values_list("gad_id", flat=True))


def veredicto_de(gads):
    """Si los cantones de unos GAD, dados por código, forman un territorio continuo.

    Cuentan los municipales y los de las parroquias, que están en su cantón; la provincia no.
    """
    cantones = {codigo[:4] for codigo in gads if len(codigo) >= 4}
    nombres = dict(Territorio.objects.cantones().values_list("codigo", "nombre"))
    return veredicto(cantones, vecindad_cantonal(), nombres)
