"""Los planes de cada GAD, sus evaluaciones y todo lo que cuelga de ellas."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from pdot.models import (
    ElementoVision,
    Evaluacion,
    Informacion,
    Instrumento,
    Objetivo,
    Observacion,
    Paso,
    Pdot,
    Pregunta,
    Problema,
    Respuesta,
    Vinculo,
)
from territorios.models import Gad

from .carga import con_fechas_dadas, guardar

Estado = Evaluacion.Estado
PRIMER_ANIO = 2000
# En qué van veinte GAD seguidos con la última versión de su plan vigente.
ABIERTAS = (
    *[Estado.APROBADA] * 6,
    *[Estado.ENVIADA] * 5,
    *[Estado.DEVUELTA] * 4,
    *[Estado.BORRADOR] * 5,
)
CAMINO = {
    Estado.BORRADOR: (Estado.BORRADOR,),
    Estado.ENVIADA: (Estado.BORRADOR, Estado.ENVIADA),
    Estado.DEVUELTA: (Estado.BORRADOR, Estado.ENVIADA, Estado.DEVUELTA),
    Estado.APROBADA: (Estado.BORRADOR, Estado.ENVIADA, Estado.APROBADA),
}
VALORES = (Respuesta.Valor.SI, Respuesta.Valor.PARCIAL, Respuesta.Valor.SI, Respuesta.Valor.NO)
# Unas ciento cincuenta letras, como las de la fuente.
JUSTIFICACION = (
    "El plan lo recoge en su propuesta, con responsables y plazos; falta precisar de dónde sale el "
    "presupuesto y cómo se mide, según lo que dijo {quien}."
)
ELEMENTOS = ("Turismo comunitario", "Agua segura para todos", "Vías que unen a los cantones")
PROBLEMAS = ("Caminos en mal estado", "Contaminación de los ríos")
DATOS = (("Catastro rural", "tiene"), ("Catastro de riesgos", "requiere"))


def sembrar(medidas, gads, hoy, central):
    preguntas = _preguntas(gads)
    objetivos = [Objetivo.Sistema.ECONOMICO, Objetivo.Sistema.SOCIOCULTURAL]
    for anio in _anios(medidas, hoy):
        vigente = anio == _anio_vigente(hoy)
        planes = [
            Pdot(
                gad=gad,
                anio_desde=anio,
                anio_hasta=anio + 4,
                vision=f"{gad.nombre} es un territorio ordenado, productivo y solidario.",
                estado=_estado_del_plan(anio, hoy),
            )
            for gad in gads
        ]
        guardar(Pdot, planes)
        guardar(
            Objetivo,
            (
                Objetivo(pdot=plan, orden=orden, sistema=sistema, texto=f"Objetivo {orden}")
                for plan in planes
                for orden, sistema in enumerate(objetivos, 1)
            ),
        )
        _evaluaciones(medidas, planes, preguntas, vigente, hoy, central)


def _preguntas(gads):
    instrumento = Instrumento.objects.vigente()
    return {n: Pregunta.objects.para_nivel(instrumento, n) for n in {gad.nivel for gad in gads}}


def _anio_vigente(hoy):
    return hoy.year - 3


def _anios(medidas, hoy):
    """Los primeros años de los planes: el vigente, los de antes y, si no caben, los de después."""
    vigente = _anio_vigente(hoy)
    anteriores = range(vigente, PRIMER_ANIO - 1, -1)
    siguientes = range(vigente + 1, vigente + 1 + medidas.periodos)
    return [*anteriores, *siguientes][: medidas.periodos]


def _estado_del_plan(anio, hoy):
    vigente = _anio_vigente(hoy)
    if anio == vigente:
        return Pdot.Estado.VIGENTE
    return Pdot.Estado.TERMINADO if anio < vigente else Pdot.Estado.ELABORACION


def _evaluaciones(medidas, planes, preguntas, vigente, hoy, central):
    """Las de un período. Todas aprobadas, menos la última del plan vigente, que está en camino."""
    ultima = medidas.evaluaciones_por_plan
    evaluaciones = []
    for lugar, plan in enumerate(planes):
        de_su_nivel = preguntas[plan.gad.nivel]
        for numero in range(1, ultima + 1):
            en_camino = vigente and numero == ultima
            dias = lugar % 120 + (ultima - numero) * 200 + (0 if vigente else 400)
            fecha = timezone.make_aware(
                datetime.combine(hoy - timedelta(days=dias), time(8 + lugar % 9))
            )
            evaluaciones.append(
                Evaluacion(
                    pdot=plan,
                    instrumento_id=de_su_nivel[0].seccion.instrumento_id,
                    numero=numero,
                    estado=ABIERTAS[lugar % len(ABIERTAS)] if en_camino else Estado.APROBADA,
                    creada=fecha - timedelta(days=20),
                    actualizada=fecha,
                )
            )
    with con_fechas_dadas(Evaluacion, "creada", "actualizada"):
        guardar(Evaluacion, evaluaciones)
    Evaluacion.historia.bulk_history_create(evaluaciones, batch_size=500)
    _pasos(evaluaciones, central)
    guardar(Respuesta, (r for e in evaluaciones for r in _respuestas(e, preguntas)))
    guardar(Vinculo, (vinculo for e in evaluaciones for vinculo in _vinculos(e)))
    guardar(Informacion, (dato for e in evaluaciones for dato in _informacion(e)))
    guardar(ElementoVision, _listas(evaluaciones, ElementoVision, ELEMENTOS))
    guardar(Problema, _listas(evaluaciones, Problema, PROBLEMAS))


def _pasos(evaluaciones, central):
    """El camino de cada una hasta su estado, y tres observaciones en las devueltas."""
    pasos = []
    for evaluacion in evaluaciones:
        camino = CAMINO[evaluacion.estado]
        for lugar, (de, a) in enumerate(zip(("", *camino), camino, strict=False)):
            cuando = evaluacion.actualizada - timedelta(days=6 * (len(camino) - 1 - lugar))
            pasos.append(Paso(evaluacion=evaluacion, de=de, a=a, por=central, cuando=cuando))
    with con_fechas_dadas(Paso, "cuando"):
        guardar(Paso, pasos)
    devoluciones = [paso for paso in pasos if paso.a == Estado.DEVUELTA]
    if not devoluciones:
        return
    preguntas = Pregunta.objects.filter(seccion__instrumento=evaluaciones[0].instrumento_id)
    observadas = list(preguntas.order_by("seccion__orden", "orden")[:3])
    guardar(
        Observacion,
        (
            Observacion(
                evaluacion=paso.evaluacion,
                pregunta=pregunta,
                paso=paso,
                texto="Falta decir de qué documento sale.",
            )
            for paso in devoluciones
            for pregunta in observadas
        ),
    )


def _respuestas(evaluacion, preguntas):
    """De cada cinco preguntas, cuatro contestadas: unas veinte por evaluación."""
    gad = evaluacion.pdot.gad
    texto = JUSTIFICACION.format(quien=gad.nombre)
    completa = evaluacion.estado != Estado.BORRADOR
    for lugar, pregunta in enumerate(preguntas[gad.nivel]):
        if not completa and lugar % 5 == 4 or completa and lugar % 9 == 8:
            continue
        valor = VALORES[(lugar + evaluacion.pk) % len(VALORES)] if pregunta.es_escala else ""
        yield Respuesta(evaluacion=evaluacion, pregunta=pregunta, valor=valor, texto=texto)


def _vinculos(evaluacion):
    """Con el cantón y la provincia de encima."""
    gad = evaluacion.pdot.gad
    superiores = []
    if gad.nivel in Gad.MUNICIPALES:
        superiores = [gad.pk[:2]]
    elif gad.nivel in Gad.PARROQUIALES:
        superiores = [gad.pk[:4], gad.pk[:2]]
    for codigo in superiores:
        yield Vinculo(
            evaluacion=evaluacion,
            con_id=codigo,
            valor=VALORES[evaluacion.pk % len(VALORES)],
            justificacion="Los dos planes hablan de las mismas vías y de la misma cuenca.",
            incompatibles="El uso del suelo junto al río",
            sinergias="La misma ruta de turismo",
        )


def _informacion(evaluacion):
    for orden, (dato, situacion) in enumerate(DATOS, 1):
        yield Informacion(
            evaluacion=evaluacion,
            orden=orden,
            dato=dato,
            situacion=situacion,
            puede_entregar=situacion == "tiene",
            proveedor="" if situacion == "tiene" else "Instituto geográfico",
        )


def _listas(evaluaciones, modelo, textos):
    for evaluacion in evaluaciones:
        for orden, texto in enumerate(textos, 1):
            yield modelo(evaluacion=evaluacion, orden=orden, texto=texto)
