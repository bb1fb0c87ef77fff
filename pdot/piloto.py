"""Carga del piloto de Manabí y Esmeraldas (2019) desde los archivos de `fixtures/piloto`.

Vive en el último piso porque recorre las cuatro apps: cada una carga sus tablas y aquí, además,
el instrumento, los PDOT, las evaluaciones y los elementos de visión.

Se puede repetir: crea lo que falta y **no toca lo que ya existe**, porque alguien pudo corregirlo
en la plataforma. O entra todo o no entra nada.
"""

from django.db import transaction

from acompanamiento.models import Membresia
from acompanamiento.piloto import (
    cargar_estrategia_y_grupos,
    cargar_hitos,
    estrategia_del_archivo,
    grupos_por_numero,
)
from talleres.piloto import cargar_consentimiento, cargar_plantillas, cargar_talleres
from territorios.cargas import Resumen, crear, relacionar
from territorios.lectura import CargaRechazada, leer_json, sin_repetidos
from territorios.models import Gad
from territorios.piloto import (
    MOTIVO,
    cargar_autoridades_y_espacios,
    cargar_institucion_y_entidades,
    crear_faltantes,
)

from .catalogos import cargar_competencias, cargar_hitos_del_proceso
from .models import (
    ElementoVision,
    Evaluacion,
    Instrumento,
    Paso,
    Pdot,
    Pregunta,
    Respuesta,
    Seccion,
)

TRANSCRITA = (
    "Transcrita de las hojas de trabajo del taller de 2019. No pasó por revisión en la plataforma."
)


@transaction.atomic
def cargar_catalogos(carpeta, *, por=None):
    """Lo que toda instalación necesita aunque no cargue el piloto. Devuelve un Resumen.

    Son los nombres de la institución, las entidades, el instrumento, las competencias exclusivas,
    los hitos, las plantillas de encuentro y el texto del consentimiento; no necesita la DPA. Lanza
    CargaRechazada y no escribe nada si un archivo falta o trae un dato inaceptable.
    """
    resumen = Resumen()
    cargar_institucion_y_entidades(carpeta, resumen, por=por)
    _cargar_instrumentos(carpeta, resumen, por)
    cargar_competencias(carpeta, resumen, por=por)
    cargar_hitos_del_proceso(carpeta, resumen, por=por)
    cargar_hitos(carpeta, resumen, por=por)
    cargar_plantillas(carpeta, resumen, por=por)
    cargar_consentimiento(carpeta, resumen, por=por)
    return resumen


@transaction.atomic
def cargar_piloto(carpeta, *, por=None):
    """Carga el piloto sobre la DPA ya cargada. Devuelve un Resumen.

    `por`: quien carga, para la historia. Lanza CargaRechazada y no escribe nada si falta la DPA
    o un archivo, o si alguno trae un dato inaceptable.
    """
    if not Gad.objects.exists():
        raise CargaRechazada(str(carpeta), "primero cargue la DPA (manage.py cargar_dpa).")
    resumen = cargar_catalogos(carpeta, por=por)
    cargar_autoridades_y_espacios(carpeta, resumen, por=por)
    cargar_estrategia_y_grupos(carpeta, resumen, por=por)
    cargar_talleres(carpeta, resumen, por=por)
    _cargar_planes(carpeta, resumen, por)
    _cargar_evaluaciones(carpeta, resumen, por)
    _cargar_vision_de_grupos(carpeta, resumen, por)
    return resumen


# --- Instrumento ----------------------------------------------------------------------------


def _cargar_instrumentos(carpeta, resumen, por):
    """Un instrumento que ya existe no cambia: sus preguntas pueden estar respondidas."""
    existentes = set(Instrumento.objects.values_list("numero", flat=True))
    registros = leer_json(carpeta, "instrumento.json").hijos("registros")
    for registro in sin_repetidos(registros, "numero"):
        instrumento = registro.validar(
            Instrumento(
                numero=registro.entero("numero"),
                nombre=registro.texto("nombre"),
                publicado=registro.cierto("publicado"),
                fuente=registro.texto("fuente", obligatorio=False),
            )
        )
        secciones = sin_repetidos(registro.hijos("secciones"), "codigo")
        if instrumento.numero in existentes:
            resumen.anotar(Instrumento, sin_cambio=1)
            continue
        crear(resumen, [instrumento], motivo=MOTIVO, por=por)
        for orden, seccion in enumerate(secciones, start=1):
            _crear_seccion(resumen, seccion, instrumento, orden, por)


def _crear_seccion(resumen, registro, instrumento, orden, por):
    seccion = registro.validar(
        Seccion(
            instrumento=instrumento,
            codigo=registro.texto("codigo"),
            orden=orden,
            clase=registro.texto("clase", obligatorio=False) or Seccion.Clase.PREGUNTAS,
            titulo=registro.texto("titulo"),
            mide=registro.texto("mide", obligatorio=False),
            ayuda=registro.texto("ayuda", obligatorio=False),
            obligatoria=not registro.cierto("optativa"),
        )
    )
    crear(resumen, [seccion], motivo=MOTIVO, por=por)
    preguntas = sin_repetidos(registro.hijos("preguntas"), "codigo")
    crear(
        resumen,
        [_pregunta(pregunta, seccion, lugar) for lugar, pregunta in enumerate(preguntas, start=1)],
        motivo=MOTIVO,
        por=por,
    )


def _pregunta(registro, seccion, orden):
    niveles = {nivel: nivel for nivel in Gad.Nivel.values}
    return registro.validar(
        Pregunta(
            seccion=seccion,
            codigo=registro.texto("codigo"),
            orden=orden,
            tipo=registro.texto("tipo"),
            texto=registro.texto("texto"),
            componente=registro.texto("componente", obligatorio=False),
            criterio=registro.texto("criterio", obligatorio=False),
            ayuda=registro.texto("ayuda", obligatorio=False),
            obligatoria=not registro.cierto("optativa"),
            niveles=",".join(registro.varios_de("niveles", niveles, "el nivel")),
            fuente=registro.texto("fuente", obligatorio=False),
        )
    )


# --- PDOT y evaluaciones --------------------------------------------------------------------


def _cargar_planes(carpeta, resumen, por):
    """Un PDOT para cada miembro de los grupos que no tenga ya uno de esos años."""
    archivo = leer_json(carpeta, "pdot.json")
    opciones = grupos_por_numero(estrategia_del_archivo(archivo))
    for registro in archivo.hijos("registros"):
        desde, hasta = _anios(registro)
        grupos = registro.varios_de("grupos", opciones, "el grupo")
        miembros = Membresia.objects.vigentes().filter(grupo__in=grupos)
        planes = [
            registro.validar(
                Pdot(
                    gad_id=codigo,
                    anio_desde=desde,
                    anio_hasta=hasta,
                    estado=registro.texto("estado"),
                    nota=registro.texto("nota", obligatorio=False),
                )
            )
            for codigo in sorted(set(miembros.values_list("gad", flat=True)))
        ]
        con_plan = set(_planes_entre(desde, hasta).values_list("gad", flat=True))
        _exigir_un_vigente(registro, [plan for plan in planes if plan.gad_id not in con_plan])
        crear_faltantes(resumen, planes, lambda p, con_plan=con_plan: p.gad_id in con_plan, por=por)


def _exigir_un_vigente(registro, planes):
    """Un GAD tiene a lo más un plan vigente: mejor decirlo que dejar que falle la base."""
    nuevos = [plan.gad_id for plan in planes if plan.estado == Pdot.Estado.VIGENTE]
    ya = Pdot.objects.filter(estado=Pdot.Estado.VIGENTE, gad__in=nuevos).first()
    if ya:
        raise registro.rechazo("estado", f"el GAD {ya.gad_id} ya tiene un PDOT vigente.")


def _planes_entre(desde, hasta):
    """Los que rigieron algún año del período."""
    return Pdot.objects.filter(anio_desde__lte=hasta, anio_hasta__gte=desde)


def _anios(registro):
    desde, hasta = registro.entero("anio_desde"), registro.entero("anio_hasta")
    if not 2000 <= desde <= 2100:
        raise registro.rechazo("anio_desde", "debe estar entre 2000 y 2100.")
    if not desde <= hasta <= 2100:
        raise registro.rechazo("anio_hasta", f"debe estar entre «anio_desde» ({desde}) y 2100.")
    return desde, hasta


def _cargar_evaluaciones(carpeta, resumen, por):
    """Solo para los planes que todavía no tienen ninguna evaluación."""
    registros = leer_json(carpeta, "evaluaciones.json").hijos("registros")
    instrumentos = {instrumento.numero: instrumento for instrumento in Instrumento.objects.all()}
    for registro in sin_repetidos(registros, "gad", "anio_desde"):
        plan = _plan(registro)
        evaluacion = registro.validar(
            Evaluacion(
                pdot=plan,
                instrumento=registro.uno_de("instrumento", instrumentos, "el instrumento"),
                estado=registro.texto("estado"),
                transcrita=True,
                fuente=registro.texto("fuente", obligatorio=False),
            )
        )
        respuestas = _respuestas(registro, evaluacion)
        elementos = _elementos(registro, evaluacion)
        if plan.evaluaciones.exists():
            resumen.anotar(Evaluacion, sin_cambio=1)
            continue
        crear(resumen, [evaluacion], motivo=MOTIVO, por=por)
        crear(resumen, respuestas, motivo=MOTIVO, por=por)
        crear(resumen, elementos, motivo=MOTIVO, por=por)
        Paso.objects.create(evaluacion=evaluacion, a=evaluacion.estado, comentario=TRANSCRITA)
        resumen.anotar(Paso, creados=1)


def _plan(registro):
    """El PDOT del GAD en esos años; si hay dos, el más antiguo."""
    desde, hasta = _anios(registro)
    planes = _planes_entre(desde, hasta).filter(gad=registro.texto("gad")).select_related("gad")
    plan = planes.order_by("anio_desde").first()
    if plan is None:
        raise registro.rechazo("gad", f"ese GAD no tiene un PDOT de {desde}-{hasta}.")
    return plan


def _respuestas(registro, evaluacion):
    preguntas = {
        pregunta.codigo: pregunta
        for pregunta in Pregunta.objects.para_nivel(
            evaluacion.instrumento, evaluacion.pdot.gad.nivel
        )
    }
    respuestas = []
    for hijo in sin_repetidos(registro.hijos("respuestas"), "pregunta"):
        pregunta = hijo.uno_de("pregunta", preguntas, "para ese nivel la pregunta")
        if hijo.datos.get("valor") and not pregunta.es_escala:
            raise hijo.rechazo("valor", "la pregunta no es de escala.")
        respuesta = Respuesta(
            evaluacion=evaluacion,
            pregunta=pregunta,
            valor=hijo.texto("valor", obligatorio=pregunta.es_escala),
            texto=hijo.texto("texto", obligatorio=not pregunta.es_escala),
            dudosa=hijo.cierto("dudosa"),
        )
        respuestas.append(hijo.validar(respuesta))
    return respuestas


def _elementos(registro, evaluacion):
    return [
        _elemento(hijo, evaluacion=evaluacion)
        for hijo in sin_repetidos(registro.hijos("elementos"), "orden")
    ]


# --- Elementos de visión --------------------------------------------------------------------


def _elemento(registro, **de_quien):
    return registro.validar(
        ElementoVision(
            orden=registro.entero("orden"),
            texto=registro.texto("texto"),
            dudosa=registro.cierto("dudosa"),
            nota=registro.texto("nota", obligatorio=False),
            fuente=registro.texto("fuente", obligatorio=False),
            **de_quien,
        )
    )


def _cargar_vision_de_grupos(carpeta, resumen, por):
    """Solo para los grupos que todavía no tienen ningún elemento."""
    archivo = leer_json(carpeta, "vision.json")
    grupos = grupos_por_numero(estrategia_del_archivo(archivo))
    gads = Gad.objects.in_bulk()
    con_vision = set(ElementoVision.objects.exclude(grupo=None).values_list("grupo", flat=True))
    for registro in sin_repetidos(archivo.hijos("registros"), "grupo", "orden"):
        elemento = _elemento(registro, grupo=registro.uno_de("grupo", grupos, "el grupo"))
        suyos = registro.varios_de("gads", gads, "el GAD")
        if elemento.grupo_id in con_vision:
            resumen.anotar(ElementoVision, sin_cambio=1)
            continue
        crear(resumen, [elemento], motivo=MOTIVO, por=por)
        relacionar(elemento, "gads", suyos, motivo=MOTIVO, por=por)
