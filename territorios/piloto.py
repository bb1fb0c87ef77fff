"""Del piloto de 2019, lo que toca a esta app: entidades, espacios, autoridades e institución.

Lo que ya existe se deja como está, porque alguien pudo corregirlo en la plataforma.
"""

from .cargas import crear
from .lectura import leer_json, sin_repetidos
from .models import Autoridad, Entidad, EspacioCoordinacion, Gad, NombreInstitucion, Zona

MOTIVO = "Carga del piloto de 2019"


def cargar_institucion_y_entidades(carpeta, resumen, *, por=None):
    """Lee institucion.json y entidades.json. Lanza CargaRechazada.

    No necesita la DPA. Debe llamarse dentro de una transacción.
    """
    _cargar_institucion(carpeta, resumen, por)
    _cargar_entidades(carpeta, resumen, por)


def crear_faltantes(resumen, objetos, existe, *, por):
    """Crea los objetos que no existen, según la función `existe(objeto)`, y los devuelve."""
    nuevos = [objeto for objeto in objetos if not existe(objeto)]
    if objetos:
        resumen.anotar(type(objetos[0]), sin_cambio=len(objetos) - len(nuevos))
    return crear(resumen, nuevos, motivo=MOTIVO, por=por)


def _cargar_institucion(carpeta, resumen, por):
    """Solo si la central no ha escrito ningún nombre: sus fechas se encadenan entre sí."""
    nombres = []
    registros = leer_json(carpeta, "institucion.json").hijos("registros")
    for registro in sin_repetidos(registros, "desde"):
        desde, hasta = registro.fechas("desde", "hasta")
        nombre = NombreInstitucion(
            nombre=registro.texto("nombre"),
            siglas=registro.texto("siglas", obligatorio=False),
            norma=registro.texto("norma", obligatorio=False),
            desde=desde,
            hasta=hasta,
        )
        nombres.append(registro.validar(nombre))
    hay = NombreInstitucion.objects.exists()
    crear_faltantes(resumen, nombres, lambda nombre: hay, por=por)


def _cargar_entidades(carpeta, resumen, por):
    entidades = []
    registros = leer_json(carpeta, "entidades.json").hijos("registros")
    for registro in sin_repetidos(registros, "clave"):
        entidad = Entidad(
            clave=registro.texto("clave"),
            nombre=registro.texto("nombre"),
            siglas=registro.texto("siglas", obligatorio=False),
            tipo=registro.texto("tipo"),
        )
        entidades.append(registro.validar(entidad))
    claves = set(Entidad.objects.values_list("clave", flat=True))
    crear_faltantes(resumen, entidades, lambda entidad: entidad.clave in claves, por=por)


def _cargar_espacios(carpeta, resumen, por):
    zonas = Zona.objects.in_bulk()
    espacios = []
    registros = leer_json(carpeta, "espacios.json").hijos("registros")
    for registro in sin_repetidos(registros, "nombre"):
        espacio = EspacioCoordinacion(
            nombre=registro.texto("nombre"),
            tipo=registro.texto("tipo"),
            zona=registro.uno_de("zona", zonas, "la zona", obligatorio=False),
            nota=registro.texto("nota", obligatorio=False),
        )
        espacios.append(registro.validar(espacio))
    nombres = set(EspacioCoordinacion.objects.values_list("nombre", flat=True))
    crear_faltantes(resumen, espacios, lambda espacio: espacio.nombre in nombres, por=por)


def cargar_autoridades_y_espacios(carpeta, resumen, *, por=None):
    """Lee autoridades.json y espacios.json, sobre la DPA ya cargada. Lanza CargaRechazada.

    Debe llamarse dentro de una transacción.
    """
    _cargar_autoridades(carpeta, resumen, por)
    _cargar_espacios(carpeta, resumen, por)


def _cargar_autoridades(carpeta, resumen, por):
    gads = Gad.objects.in_bulk()
    registros = leer_json(carpeta, "autoridades.json").hijos("registros")
    autoridades = []
    for registro in sin_repetidos(registros, "gad", "desde"):
        desde, hasta = registro.fechas("desde", "hasta", obligatorias=True)
        autoridad = Autoridad(
            gad=registro.uno_de("gad", gads, "el GAD"),
            nombre=registro.texto("nombre"),
            cargo=registro.texto("cargo"),
            desde=desde,
            hasta=hasta,
            nota=registro.texto("nota", obligatorio=False),
            fuente=registro.texto("fuente", obligatorio=False),
        )
        autoridades.append(registro.validar(autoridad))
    existentes = list(Autoridad.objects.filter(gad__in=[a.gad_id for a in autoridades]))
    crear_faltantes(
        resumen,
        autoridades,
        lambda nueva: any(_se_solapan(nueva, otra) for otra in existentes),
        por=por,
    )


def _se_solapan(una, otra):
    """Dos autoridades del mismo GAD cuyos períodos tienen algún día en común."""
    if una.gad_id != otra.gad_id:
        return False
    empieza_antes = una.desde is None or otra.hasta is None or una.desde < otra.hasta
    termina_despues = una.hasta is None or otra.desde is None or otra.desde < una.hasta
    return empieza_antes and termina_despues
