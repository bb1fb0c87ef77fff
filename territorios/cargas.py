"""Carga de la división político-administrativa (DPA) desde los archivos de `fixtures/dpa`.

Se puede repetir: crea lo que falta, actualiza lo que cambió (con su historia) y no toca lo demás
ni lo que no está en los archivos. O entra todo o no entra nada.
"""

from dataclasses import dataclass, field

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from .dpa import (
    CORTE_DPA,
    gad_de,
    leer_otros_territorios,
    leer_territorios,
    leer_vecindades,
    leer_zonas,
)
from .lectura import CargaRechazada, leer_json
from .models import CapaLimites, Contorno, Territorio

MOTIVO = "Carga de la DPA"


@dataclass
class Conteo:
    creados: int = 0
    actualizados: int = 0
    sin_cambio: int = 0


@dataclass
class Resumen:
    """Qué hizo una carga, tabla por tabla."""

    tablas: dict[str, Conteo] = field(default_factory=dict)

    def anotar(self, modelo, **cuentas):
        """Suma `cuentas` (creados, actualizados, sin_cambio) a las de la tabla de `modelo`."""
        conteo = self.tablas.setdefault(str(modelo._meta.verbose_name_plural), Conteo())
        for nombre, cuantos in cuentas.items():
            setattr(conteo, nombre, getattr(conteo, nombre) + cuantos)

    @property
    def cambios(self):
        return sum(conteo.creados + conteo.actualizados for conteo in self.tablas.values())

    def lineas(self):
        """Una línea por tabla, para mostrar en la consola."""
        for tabla, conteo in self.tablas.items():
            yield (
                f"{tabla}: {conteo.creados} altas, {conteo.actualizados} cambios, "
                f"{conteo.sin_cambio} sin cambio"
            )


@transaction.atomic
def cargar_dpa(carpeta, *, por=None):
    """Carga zonas, territorios, GAD, vecindades y el mapa esquemático. Devuelve un Resumen.

    `por`: quien carga, para la historia. Lanza CargaRechazada y no escribe nada si un archivo
    falta o trae un dato inaceptable.
    """
    resumen = Resumen()
    zonas = leer_zonas(carpeta)
    territorios = leer_territorios(carpeta, zonas)
    vecindades = leer_vecindades(carpeta, territorios)
    _sincronizar(
        resumen, zonas.values(), clave=("numero",), campos=("nombre", "sede", "nota"), por=por
    )
    _sincronizar(
        resumen,
        territorios.values(),
        clave=("codigo",),
        campos=(
            *("nivel", "nombre", "busqueda", "padre_id", "zona_id", "cabecera", "capital"),
            *("region", "lon", "lat", "desde", "hasta", "nota"),
        ),
        por=por,
    )
    _sincronizar(
        resumen,
        [gad_de(territorio) for territorio in territorios.values() if not territorio.cabecera],
        clave=("territorio_id",),
        campos=("nivel", "nombre_oficial"),
        por=por,
    )
    _sincronizar(resumen, vecindades, clave=("a_id", "b_id"), campos=("km",), por=por)
    _sincronizar(
        resumen,
        leer_otros_territorios(carpeta, territorios),
        clave=("codigo",),
        campos=("nombre", "tipo", "lon", "lat", "nota"),
        por=por,
    )
    _dibujar_esquema(resumen, carpeta, territorios, vecindades, por)
    return resumen


def crear(resumen, objetos, *, motivo, por):
    """Crea los objetos de un mismo modelo, con su historia, y los anota."""
    if objetos:
        modelo = type(objetos[0])
        bulk_create_with_history(objetos, modelo, default_user=por, default_change_reason=motivo)
        resumen.anotar(modelo, creados=len(objetos))
    return objetos


def relacionar(objeto, campo, otros, *, motivo, por):
    """Añade `otros` a una relación de muchos a muchos; la historia dice quién y por qué."""
    if otros:
        objeto._change_reason, objeto._history_user = motivo, por
        getattr(objeto, campo).add(*otros)


def _sincronizar(resumen, objetos, *, clave, campos, por):
    """Crea los que faltan según `clave` y actualiza los que difieren en `campos`."""
    objetos = list(objetos)
    modelo = type(objetos[0])
    actuales = {_valores(actual, clave): actual for actual in modelo.objects.all()}
    nuevos = [objeto for objeto in objetos if _valores(objeto, clave) not in actuales]
    cambiados = []
    for objeto in objetos:
        actual = actuales.get(_valores(objeto, clave), objeto)
        if _valores(actual, campos) != _valores(objeto, campos):
            for campo in campos:
                setattr(actual, campo, getattr(objeto, campo))
            cambiados.append(actual)
    crear(resumen, nuevos, motivo=MOTIVO, por=por)
    if cambiados:
        bulk_update_with_history(
            cambiados, modelo, campos, default_user=por, default_change_reason=MOTIVO
        )
    iguales = len(objetos) - len(nuevos) - len(cambiados)
    resumen.anotar(modelo, actualizados=len(cambiados), sin_cambio=iguales)


def _valores(objeto, campos):
    return tuple(getattr(objeto, campo) for campo in campos)


# --- Mapa esquemático -----------------------------------------------------------------------


def _dibujar_esquema(resumen, carpeta, territorios, vecindades, por):
    """Guarda los trazos de los cantones en la capa esquemática; los que no cambian se dejan."""
    contorno = leer_json(carpeta, "contorno.json")
    capa = _capa_esquematica(resumen, contorno, por)
    contornos = _contornos(capa, contorno, territorios, vecindades)
    campos = ("trazo", "izquierda", "arriba", "derecha", "abajo")
    actuales = {actual.territorio_id: _valores(actual, campos) for actual in capa.contornos.all()}
    distintos = [c for c in contornos if actuales.get(c.territorio_id) != _valores(c, campos)]
    Contorno.objects.bulk_create(
        distintos,
        update_conflicts=True,
        unique_fields=("capa", "territorio"),
        update_fields=campos,
    )
    nuevos = sum(contorno.territorio_id not in actuales for contorno in contornos)
    resumen.anotar(
        Contorno,
        creados=nuevos,
        actualizados=len(distintos) - nuevos,
        sin_cambio=len(contornos) - len(distintos),
    )


def _capa_esquematica(resumen, contorno, por):
    """La capa del esquema; al crearla queda en uso si todavía no hay otra que lo esté."""
    fuente = contorno.texto("fuente")
    capa = CapaLimites.objects.filter(esquematica=True).first()
    if capa:
        resumen.anotar(CapaLimites, sin_cambio=1)
        return capa
    nueva = CapaLimites(
        nombre="Esquema de cantones (no son límites oficiales)",
        fuente=f"Puntos de las parroquias y contorno del país. {fuente}",
        fecha=CORTE_DPA,
        esquematica=True,
        en_uso=not CapaLimites.objects.filter(en_uso=True).exists(),
    )
    return crear(resumen, [contorno.validar(nueva)], motivo=MOTIVO, por=por)[0]


def _contornos(capa, contorno, territorios, vecindades):
    """El contorno de cada cantón, hecho con sus parroquias que siguen vigentes."""
    # shapely solo hace falta al cargar: así no pesa en la web ni en las demás órdenes.
    from .esquema import celdas_esquematicas, puntos_de_enlace, trazo

    puntos = {
        codigo: (territorio.padre_id, float(territorio.lon), float(territorio.lat))
        for codigo, territorio in territorios.items()
        if _da_punto(territorio)
    }
    pares = [(vecindad.a_id, vecindad.b_id) for vecindad in vecindades]
    todos = [*puntos.values(), *puntos_de_enlace(puntos, pares)]
    contornos = []
    try:
        for codigo, celda in celdas_esquematicas(todos, contorno.datos).items():
            d, (izquierda, arriba, derecha, abajo) = trazo(celda)
            contornos.append(
                Contorno(
                    capa=capa,
                    territorio_id=codigo,
                    trazo=d,
                    izquierda=izquierda,
                    arriba=arriba,
                    derecha=derecha,
                    abajo=abajo,
                )
            )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        motivo = f"no se puede dibujar el esquema de los cantones: {error}"
        raise CargaRechazada("contorno.json", motivo) from error
    return contornos


def _da_punto(territorio):
    return (
        territorio.nivel == Territorio.Nivel.PARROQUIA
        and territorio.hasta is None
        and territorio.lon is not None
        and territorio.lat is not None
    )
