"""Del piloto de 2019, lo que toca a esta app: la estrategia y los grupos circunvecinos.

Una estrategia o un grupo que ya existe se deja como está, con todo lo suyo (elementos, criterios,
miembros): alguien pudo corregirlo en la plataforma.
"""

from territorios.cargas import crear, relacionar
from territorios.lectura import leer_json, sin_repetidos
from territorios.models import Gad, Territorio, Zona
from territorios.piloto import MOTIVO, crear_faltantes

from .insumos import veredicto_de
from .models import (
    Criterio,
    ElementoEstrategia,
    Estrategia,
    Grupo,
    Hito,
    HitoGrupo,
    Membresia,
)


def cargar_estrategia_y_grupos(carpeta, resumen, *, por=None):
    """Lee estrategia.json, grupos.json y hoja_ruta.json. Lanza CargaRechazada.

    Debe llamarse dentro de una transacción, con la DPA y los hitos ya cargados.
    """
    _cargar_estrategias(carpeta, resumen, por)
    _cargar_grupos(carpeta, resumen, por)
    _cargar_propuestos(carpeta, resumen, por)


def cargar_hitos(carpeta, resumen, *, por=None):
    """Lee hitos.json, el catálogo inicial de la hoja de ruta. Lanza CargaRechazada.

    Lo que la central haya cambiado se deja como está. Debe llamarse dentro de una transacción.
    """
    hitos = []
    registros = leer_json(carpeta, "hitos.json").hijos("registros")
    for registro in sin_repetidos(registros, "clave"):
        hito = Hito(
            clave=registro.texto("clave"),
            orden=registro.entero("orden"),
            nombre=registro.texto("nombre"),
            fuente=registro.texto("fuente", obligatorio=False),
        )
        hitos.append(registro.validar(hito))
    claves = set(Hito.objects.values_list("clave", flat=True))
    crear_faltantes(resumen, hitos, lambda hito: hito.clave in claves, por=por)


def estrategia_del_archivo(archivo):
    """La estrategia que nombra la cabecera de un archivo del piloto."""
    estrategias = {estrategia.codigo: estrategia for estrategia in Estrategia.objects.all()}
    return archivo.uno_de("estrategia", estrategias, "la estrategia")


def grupos_por_numero(estrategia):
    return {grupo.numero: grupo for grupo in estrategia.grupos.all()}


def _cargar_estrategias(carpeta, resumen, por):
    existentes = set(Estrategia.objects.values_list("codigo", flat=True))
    estrategias, elementos = [], []
    registros = leer_json(carpeta, "estrategia.json").hijos("registros")
    for registro in sin_repetidos(registros, "codigo"):
        estrategia = _estrategia(registro)
        estrategias.append(estrategia)
        suyos = _elementos(registro, estrategia)
        if estrategia.codigo not in existentes:
            elementos += suyos
    crear_faltantes(resumen, estrategias, lambda e: e.codigo in existentes, por=por)
    crear(resumen, elementos, motivo=MOTIVO, por=por)


def _estrategia(registro):
    desde, hasta = registro.fechas("desde", "hasta", obligatorias=True)
    return registro.validar(
        Estrategia(
            codigo=registro.texto("codigo"),
            nombre=registro.texto("nombre"),
            desde=desde,
            hasta=hasta,
            objetivo_general=registro.texto("objetivo_general"),
            resumen=registro.texto("resumen", obligatorio=False),
            fuente=registro.texto("fuente", obligatorio=False),
        )
    )


def _elementos(registro, estrategia):
    return [
        elemento.validar(
            ElementoEstrategia(
                estrategia=estrategia,
                tipo=elemento.texto("tipo"),
                orden=elemento.entero("orden"),
                nombre=elemento.texto("nombre"),
                texto=elemento.texto("texto", obligatorio=False),
                ambito=elemento.texto("ambito", obligatorio=False),
                fuente=elemento.texto("fuente", obligatorio=False),
            )
        )
        for elemento in sin_repetidos(registro.hijos("elementos"), "tipo", "orden")
    ]


def _cargar_grupos(carpeta, resumen, por):
    archivo = leer_json(carpeta, "grupos.json")
    estrategia = estrategia_del_archivo(archivo)
    existentes = grupos_por_numero(estrategia)
    zonas = Zona.objects.in_bulk()
    cantones = Territorio.objects.cantones().in_bulk()
    gads = _gads_por_nivel()
    for registro in sin_repetidos(archivo.hijos("registros"), "numero"):
        grupo = _grupo(registro, estrategia, zonas, cantones)
        membresias = _membresias(registro, grupo, gads)
        if grupo.numero in existentes:
            resumen.anotar(Grupo, sin_cambio=1)
            continue
        principal, *secundarios = _criterios(resumen, registro, por)
        grupo.criterio = principal
        crear(resumen, [grupo], motivo=MOTIVO, por=por)
        relacionar(grupo, "criterios_secundarios", secundarios, motivo=MOTIVO, por=por)
        crear(resumen, membresias, motivo=MOTIVO, por=por)


def _grupo(registro, estrategia, zonas, cantones):
    estado = registro.texto("estado")
    grupo = Grupo(
        estrategia=estrategia,
        numero=registro.entero("numero"),
        nombre=registro.texto("nombre"),
        sede=registro.uno_de("sede", cantones, "el cantón", obligatorio=False),
        zona=registro.uno_de("zona", zonas, "la zona"),
        estado=estado,
        motivo=registro.texto("motivo", obligatorio=estado == Grupo.Estado.CANCELADO),
        justificacion=registro.texto("justificacion", obligatorio=False),
        nota=registro.texto("nota", obligatorio=False),
        fuente=registro.texto("fuente", obligatorio=False),
    )
    if grupo.sede and grupo.sede_id not in registro.textos("municipales"):
        raise registro.rechazo("sede", "debe ser uno de los cantones del grupo.")
    return registro.validar(grupo)


def _gads_por_nivel():
    """`{"municipales": {código: Gad}}` y así con los tres niveles de gobierno."""
    gads = list(Gad.objects.all())
    return {
        columna: {gad.pk: gad for gad in gads if gad.nivel in niveles}
        for columna, niveles in Gad.NIVELES_DE.items()
    }


def _membresias(registro, grupo, gads):
    desde = registro.fecha("desde")
    miembros = []
    for columna, opciones in gads.items():
        miembros += registro.varios_de(columna, opciones, "entre los GAD de ese nivel el")
    return [Membresia(grupo=grupo, gad=gad, desde=desde) for gad in miembros]


def _criterios(resumen, registro, por):
    """El criterio principal (None si no hay) y los secundarios; crea los que no estén."""
    nombres = registro.textos("criterios_secundarios")
    principal = registro.texto("criterio", obligatorio=False)
    return [
        _criterio(resumen, registro, nombre, por) if nombre else None
        for nombre in [principal, *nombres]
    ]


def _criterio(resumen, registro, nombre, por):
    criterio = Criterio.objects.filter(nombre=nombre).first()
    if criterio is None:
        criterio = registro.validar(Criterio(nombre=nombre), {"nombre": "criterio"})
        crear(resumen, [criterio], motivo=MOTIVO, por=por)
    return criterio


# --- Los que la fuente recomienda formar --------------------------------------------------------


def _cargar_propuestos(carpeta, resumen, por):
    """Cada grupo de la recomendación 6, con sus miembros y su hoja de ruta sin fechas."""
    archivo = leer_json(carpeta, "hoja_ruta.json")
    estrategia = estrategia_del_archivo(archivo)
    catalogo = {hito.clave: hito for hito in Hito.objects.all()}
    hitos = archivo.varios_de("hitos", catalogo, "el hito")
    existentes = grupos_por_numero(estrategia)
    zonas, gads = Zona.objects.in_bulk(), _gads_por_nivel()
    for registro in sin_repetidos(archivo.hijos("registros"), "numero"):
        grupo = _propuesto(registro, estrategia, existentes, zonas)
        membresias = _membresias_propuestas(registro, grupo, gads)
        _exigir_contiguidad(registro, grupo, membresias)
        if grupo.numero in existentes:
            resumen.anotar(Grupo, sin_cambio=1)
            continue
        crear(resumen, [grupo], motivo=MOTIVO, por=por)
        crear(resumen, membresias, motivo=MOTIVO, por=por)
        hoja = [HitoGrupo(grupo=grupo, hito=hito) for hito in hitos]
        crear(resumen, hoja, motivo=MOTIVO, por=por)


def _propuesto(registro, estrategia, existentes, zonas):
    grupo = Grupo(
        estrategia=estrategia,
        numero=registro.entero("numero"),
        nombre=registro.texto("nombre"),
        zona=registro.uno_de("zona", zonas, "la zona"),
        estado=Grupo.Estado.PROPUESTO,
        retoma=registro.uno_de("retoma", existentes, "el grupo", obligatorio=False),
        justificacion=registro.texto("justificacion", obligatorio=False),
        nota=registro.texto("nota", obligatorio=False),
        fuente=registro.texto("fuente", obligatorio=False),
    )
    return registro.validar(grupo)


def _membresias_propuestas(registro, grupo, gads):
    """Las provincias y los cantones que nombra, y las parroquias rurales de esos cantones."""
    desde = registro.fecha("desde")
    provincias = registro.varios_de("provincias", gads["provinciales"], "el GAD provincial")
    cantones = registro.varios_de("cantones", gads["municipales"], "el GAD municipal")
    parroquias = Gad.objects.vigentes_en(desde).filter(
        nivel__in=Gad.PARROQUIALES, territorio__padre__in=[gad.pk for gad in cantones]
    )
    miembros = [*provincias, *cantones, *parroquias.order_by("pk")]
    return [Membresia(grupo=grupo, gad=gad, desde=desde) for gad in miembros]


def _exigir_contiguidad(registro, grupo, membresias):
    """Un grupo no contiguo entra solo con justificación escrita, como en la plataforma."""
    dictamen = veredicto_de([membresia.gad_id for membresia in membresias])
    if not dictamen.contiguo and not grupo.justificacion:
        raise registro.rechazo("justificacion", f"hace falta: {dictamen.mensaje}")
