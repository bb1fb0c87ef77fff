"""Del piloto de 2019, lo que toca a esta app: plantillas, encuentros, traslados, agendas y aportes.

Lo que ya existe, según su clave, se deja como está con todo lo suyo (agenda, convocados,
facilitadores): alguien pudo corregirlo en la plataforma.
"""

from acompanamiento.models import Membresia
from acompanamiento.piloto import estrategia_del_archivo, grupos_por_numero
from territorios.cargas import crear, relacionar
from territorios.lectura import leer_json, sin_repetidos
from territorios.models import Autoridad, Entidad, Gad, Territorio
from territorios.piloto import MOTIVO, crear_faltantes

from .cuenta_choques import contar_al_terminar
from .models import (
    Aporte,
    Convocado,
    Encuentro,
    Facilitacion,
    InsumoPlantilla,
    PlantillaEncuentro,
    PreguntaPlantilla,
    PuntoAgenda,
    PuntoPlantilla,
    TextoConsentimiento,
    Traslado,
)

NIVELES = {
    "provincial": Gad.PROVINCIALES,
    "municipal": Gad.MUNICIPALES,
    "parroquial": Gad.PARROQUIALES,
}


def cargar_talleres(carpeta, resumen, *, por=None):
    """Lee encuentros.json, agendas.json, traslados.json y aportes.json. Lanza CargaRechazada.

    Debe llamarse dentro de una transacción, con los grupos ya cargados.
    """
    nuevos = _cargar_encuentros(carpeta, resumen, por)
    _cargar_agendas(carpeta, resumen, nuevos, por)
    _cargar_traslados(carpeta, resumen, por)
    _cargar_aportes(carpeta, resumen, por)


# --- Plantillas -----------------------------------------------------------------------------


def cargar_plantillas(carpeta, resumen, *, por=None):
    """Lee plantillas.json, el catálogo inicial de plantillas de encuentro. Lanza CargaRechazada.

    Una plantilla que ya existe, según su clave, se deja como la tenga la central. Debe llamarse
    dentro de una transacción.
    """
    existentes = set(PlantillaEncuentro.objects.values_list("clave", flat=True))
    registros = leer_json(carpeta, "plantillas.json").hijos("registros")
    for registro in sin_repetidos(registros, "clave"):
        plantilla = registro.validar(
            PlantillaEncuentro(
                clave=registro.texto("clave"),
                tipo=registro.texto("tipo"),
                clase=_clase(registro, registro.texto("tipo")),
                nombre=registro.texto("nombre"),
                fuente=registro.texto("fuente", obligatorio=False),
            )
        )
        piezas = _piezas(registro, plantilla)
        if plantilla.clave in existentes:
            resumen.anotar(PlantillaEncuentro, sin_cambio=1)
            continue
        crear(resumen, [plantilla], motivo=MOTIVO, por=por)
        for suyas in piezas:
            crear(resumen, suyas, motivo=MOTIVO, por=por)


def _piezas(registro, plantilla):
    """Sus insumos, sus preguntas y sus puntos de agenda."""
    leer = {"insumos": _insumo, "preguntas": _pregunta, "puntos": _punto_de_plantilla}
    return [
        [
            pieza.validar(
                hacer(
                    pieza,
                    plantilla=plantilla,
                    orden=pieza.entero("orden"),
                    jornada=pieza.texto("jornada", obligatorio=False),
                )
            )
            for pieza in sin_repetidos(registro.hijos(lista), "orden")
        ]
        for lista, hacer in leer.items()
    ]


def _insumo(registro, **comun):
    return InsumoPlantilla(texto=registro.texto("texto"), **comun)


def _pregunta(registro, **comun):
    tema = registro.texto("tema", obligatorio=False)
    return PreguntaPlantilla(tema=tema, texto=registro.texto("texto"), **comun)


def _punto_de_plantilla(registro, **comun):
    return PuntoPlantilla(
        titulo=registro.texto("titulo"),
        minutos=registro.entero("minutos"),
        responsables="; ".join(registro.textos("responsables")),
        subpuntos="\n".join(registro.textos("subpuntos")),
        fuente=registro.texto("fuente", obligatorio=False),
        **comun,
    )


# --- Consentimiento -------------------------------------------------------------------------


def cargar_consentimiento(carpeta, resumen, *, por=None):
    """Lee consentimiento.json, si la central no ha escrito ningún texto. Lanza CargaRechazada.

    Debe llamarse dentro de una transacción.
    """
    registros = leer_json(carpeta, "consentimiento.json").hijos("registros")
    textos = []
    for registro in sin_repetidos(registros, "desde"):
        desde, hasta = registro.fechas("desde", "hasta")
        texto = TextoConsentimiento(texto=registro.texto("texto"), desde=desde, hasta=hasta)
        textos.append(registro.validar(texto))
    hay = TextoConsentimiento.objects.exists()
    crear_faltantes(resumen, textos, lambda texto: hay, por=por)


# --- Encuentros -----------------------------------------------------------------------------


def _cargar_encuentros(carpeta, resumen, por):
    """Devuelve los encuentros creados, por clave."""
    archivo = leer_json(carpeta, "encuentros.json")
    estrategia = estrategia_del_archivo(archivo)
    catalogo = {
        "cantones": Territorio.objects.cantones().in_bulk(),
        "gads": Gad.objects.in_bulk(),
        "grupos": grupos_por_numero(estrategia),
        "entidades": {entidad.clave: entidad for entidad in Entidad.objects.all()},
    }
    existentes = {encuentro.clave: encuentro for encuentro in estrategia.encuentros.all()}
    leidos, nuevos = {}, {}
    for registro in sin_repetidos(archivo.hijos("registros"), "clave"):
        encuentro = _encuentro(registro, estrategia, catalogo)
        encuentro.jornada_de = registro.uno_de(
            "jornada_de", leidos, "antes en el archivo el encuentro", obligatorio=False
        )
        grupos = registro.varios_de("grupos", catalogo["grupos"], "el grupo")
        convocados = _convocados(registro, encuentro, grupos)
        facilitaciones = _facilitaciones(registro, encuentro, catalogo["entidades"])
        leidos[encuentro.clave] = existentes.get(encuentro.clave, encuentro)
        if encuentro.clave in existentes:
            resumen.anotar(Encuentro, sin_cambio=1)
            continue
        crear(resumen, [encuentro], motivo=MOTIVO, por=por)
        relacionar(encuentro, "grupos", grupos, motivo=MOTIVO, por=por)
        crear(resumen, convocados, motivo=MOTIVO, por=por)
        crear(resumen, facilitaciones, motivo=MOTIVO, por=por)
        nuevos[encuentro.clave] = encuentro
    return nuevos


def _encuentro(registro, estrategia, catalogo):
    tipo, estado = registro.texto("tipo"), registro.texto("estado")
    fecha = registro.fecha("fecha")
    inicio, fin = registro.horas("inicio", "fin")
    gad = registro.uno_de("gad", catalogo["gads"], "el GAD", obligatorio=False)
    encuentro = Encuentro(
        estrategia=estrategia,
        clave=registro.texto("clave"),
        tipo=tipo,
        clase=_clase(registro, tipo),
        tema=registro.texto("tema"),
        fecha=fecha,
        inicio=inicio,
        fin=fin,
        jornada=_jornada(registro, inicio),
        lugar=registro.texto("lugar"),
        canton=registro.uno_de("canton", catalogo["cantones"], "el cantón", obligatorio=False),
        gad=gad,
        autoridad=_autoridad(gad, fecha) if registro.cierto("con_autoridad") else None,
        estado=estado,
        motivo=registro.texto("motivo", obligatorio=estado == Encuentro.Estado.CANCELADO),
        participantes_declarados=registro.entero("participantes_declarados", obligatorio=False),
        nota=registro.texto("nota", obligatorio=False),
        fuente=registro.texto("fuente", obligatorio=False),
    )
    return registro.validar(encuentro)


def _clase(registro, tipo):
    es_complementario = tipo == Encuentro.Tipo.COMPLEMENTARIO
    clase = registro.texto("clase", obligatorio=es_complementario)
    if clase and not es_complementario:
        raise registro.rechazo("clase", "solo la lleva un encuentro complementario.")
    return clase


def _jornada(registro, inicio):
    """La que dice el archivo; si calla, la de la hora de inicio."""
    jornada = registro.texto("jornada", obligatorio=inicio is None)
    if jornada or inicio is None:
        return jornada
    return Encuentro.Jornada.de(inicio)


def _autoridad(gad, fecha):
    """La máxima autoridad del GAD ese día, o None si no consta."""
    if gad is None:
        return None
    return Autoridad.objects.vigentes_en(fecha).filter(gad=gad).first()


def _convocados(registro, encuentro, grupos):
    """El GAD del diálogo y los miembros de los grupos, ese día, de los niveles que se dicen."""
    elegidos = registro.varios_de("niveles_convocados", NIVELES, "el nivel")
    niveles = [nivel for grupo_de_niveles in elegidos for nivel in grupo_de_niveles]
    codigos = {encuentro.gad_id} if encuentro.gad_id else set()
    if niveles:
        miembros = Membresia.objects.vigentes_en(encuentro.fecha).filter(
            grupo__in=grupos, gad__nivel__in=niveles
        )
        codigos.update(miembros.values_list("gad", flat=True))
    return [Convocado(encuentro=encuentro, gad_id=codigo) for codigo in sorted(codigos)]


def _facilitaciones(registro, encuentro, entidades):
    facilitan = registro.varios_de("facilitan", entidades, "la entidad")
    acompanan = registro.varios_de("acompanan", entidades, "la entidad")
    if set(facilitan) & set(acompanan):
        raise registro.rechazo("acompanan", "una entidad no puede facilitar y acompañar a la vez.")
    papeles = [(entidad, Facilitacion.Papel.FACILITA) for entidad in facilitan]
    papeles += [(entidad, Facilitacion.Papel.ACOMPANA) for entidad in acompanan]
    return [
        Facilitacion(encuentro=encuentro, entidad=entidad, papel=papel)
        for entidad, papel in papeles
    ]


# --- Agendas, traslados y aportes -----------------------------------------------------------


def _cargar_agendas(carpeta, resumen, nuevos, por):
    """Los puntos de los encuentros creados en esta carga; las demás agendas no se tocan."""
    archivo = leer_json(carpeta, "agendas.json")
    encuentros = {e.clave: e for e in estrategia_del_archivo(archivo).encuentros.all()}
    puntos = []
    for registro in sin_repetidos(archivo.hijos("registros"), "orden"):
        for encuentro in registro.varios_de("encuentros", encuentros, "el encuentro"):
            punto = _punto(registro, encuentro)
            if encuentro.clave in nuevos:
                puntos.append(punto)
    crear(resumen, puntos, motivo=MOTIVO, por=por)


def _punto(registro, encuentro):
    inicio, fin = registro.horas("inicio", "fin", obligatorias=True)
    return registro.validar(
        PuntoAgenda(
            encuentro=encuentro,
            orden=registro.entero("orden"),
            titulo=registro.texto("titulo"),
            inicio=inicio,
            fin=fin,
            responsables="; ".join(registro.textos("responsables")),
            subpuntos="\n".join(registro.textos("subpuntos")),
            fuente=registro.texto("fuente", obligatorio=False),
        )
    )


def _cargar_traslados(carpeta, resumen, por):
    archivo = leer_json(carpeta, "traslados.json")
    estrategia = estrategia_del_archivo(archivo)
    traslados = [
        registro.validar(
            Traslado(
                estrategia=estrategia,
                clave=registro.texto("clave"),
                fecha=registro.fecha("fecha"),
                jornada=registro.texto("jornada"),
                orden=registro.entero("orden"),
                origen=registro.texto("origen"),
                destino=registro.texto("destino"),
                modo=registro.texto("modo"),
                hora=registro.hora("hora", obligatorio=False),
                nota=registro.texto("nota", obligatorio=False),
                fuente=registro.texto("fuente", obligatorio=False),
            )
        )
        for registro in sin_repetidos(archivo.hijos("registros"), "clave")
    ]
    contar_al_terminar(estrategia.pk)
    claves = set(estrategia.traslados.values_list("clave", flat=True))
    crear_faltantes(resumen, traslados, lambda traslado: traslado.clave in claves, por=por)


def _cargar_aportes(carpeta, resumen, por):
    """Con «encuentro», los que la fuente dice dónde se recogieron; los demás, comunes a todos."""
    archivo = leer_json(carpeta, "aportes.json")
    estrategia = estrategia_del_archivo(archivo)
    encuentros = {e.clave: e for e in estrategia.encuentros.all()}
    aportes = [
        registro.validar(
            Aporte(
                estrategia=estrategia,
                clave=registro.texto("clave"),
                momento=registro.texto("momento"),
                encuentro=_encuentro_de(registro, encuentros),
                orden=registro.entero("orden"),
                texto=registro.texto("texto"),
                fuente=registro.texto("fuente", obligatorio=False),
            )
        )
        for registro in sin_repetidos(archivo.hijos("registros"), "clave")
    ]
    claves = set(estrategia.aportes.values_list("clave", flat=True))
    crear_faltantes(resumen, aportes, lambda aporte: aporte.clave in claves, por=por)


def _encuentro_de(registro, encuentros):
    """El de su clave, o None si no dice ninguno. Rechaza el que sea de otro momento."""
    encuentro = registro.uno_de("encuentro", encuentros, "el encuentro", obligatorio=False)
    if encuentro and encuentro.tipo != registro.texto("momento"):
        raise registro.rechazo("momento", f"el encuentro es {encuentro.tipo}.")
    return encuentro
