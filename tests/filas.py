"""Filas sueltas de los modelos que no tienen fábrica, para lo que mira uno de cada uno."""

from datetime import date

from acompanamiento.models import AvanceAcuerdo, CumplimientoHito
from pdot.models import (
    AvanceActividad,
    CifrasDeAvance,
    CondicionesDeDatos,
    CorteDeAvance,
    Informe,
    Necesidad,
)
from pdot.promociones import promover_a_necesidad
from talleres.models import (
    Aviso,
    Cierre,
    ConstanciaEntrega,
    CumuloAportes,
    InsumoEncuentro,
    InsumoPlantilla,
    Memoria,
    PreguntaEncuentro,
    PreguntaPlantilla,
    PuntoPlantilla,
    Respuesta,
    SerieDeOficios,
)
from territorios.cartero import encolar
from territorios.models import DocumentoEmitido, PreferenciasDeAvisos, SerieDeDocumentos
from tests.fabricas import AporteFactory, PlantillaFactory
from tests.fabricas_capacidades import ActividadFactory, PlanFactory
from tests.fabricas_documentos import emitido, logotipo
from tests.fabricas_puerta import CertificadoFactory, PuertaFactory
from tests.fabricas_registro import TextoConsentimientoFactory
from tests.talleres.convocados import ConvocatoriaFactory
from tests.talleres.evidencias import evidencia_de


def filas_del_seguimiento(acuerdo, hito, zonal):
    return [
        AvanceAcuerdo.objects.create(
            acuerdo=acuerdo, fecha=date(2019, 9, 1), texto="Avance", estado="en_curso", por=zonal
        ),
        hito,
        hito.hito,
        CumplimientoHito.objects.create(
            hito=hito, gad_id="0807", fecha=date(2019, 9, 1), evidencia="Acta 1", por=zonal
        ),
    ]


def filas_de_la_asistencia(encuentro):
    certificado = CertificadoFactory(encuentro=encuentro, participante__gad_id="0807")
    return [
        TextoConsentimientoFactory(),
        certificado.participante,
        certificado,
        PuertaFactory(encuentro=encuentro),
    ]


def filas_de_la_preparacion(encuentro):
    plantilla = PlantillaFactory()
    comun = {"plantilla": plantilla, "orden": 1, "jornada": "manana"}
    return [
        plantilla,
        InsumoPlantilla.objects.create(texto="PDOT vigente", **comun),
        PreguntaPlantilla.objects.create(tema="Visión", texto="¿Cuál?", **comun),
        PuntoPlantilla.objects.create(titulo="Registro", minutos=30, **comun),
        InsumoEncuentro.objects.create(encuentro=encuentro, orden=1, texto="PDOT vigente"),
        PreguntaEncuentro.objects.create(encuentro=encuentro, orden=1, texto="¿Cuál?"),
    ]


def filas_de_la_convocatoria(encuentro, zonal):
    oficio = ConvocatoriaFactory(encuentro=encuentro, gad_id="130352")
    entrega = {"recibio": "Luis Mera", "fecha": date(2019, 8, 11), "medio": "telefono"}
    return [
        oficio,
        Respuesta.objects.create(convocatoria=oficio, ronda=1, sentido="asiste", por=zonal),
        ConstanciaEntrega.objects.create(convocatoria=oficio, ronda=1, por=zonal, **entrega),
        SerieDeOficios.objects.create(oficina="CZ1", anio=2019, ultimo=1),
        Aviso.objects.create(
            convocatoria=oficio,
            clase="cambio",
            version=2,
            antes={},
            hechos={},
            mensaje=encolar(clave="aviso", para="a@ejemplo.gob.ec", asunto="Cambió", texto="x"),
            por=zonal,
        ),
    ]


def filas_de_lo_recogido(encuentro, grupo, zonal):
    """Lo que queda de un encuentro; la tarjeta está agrupada y de ella nació una necesidad."""
    cumulo = CumuloAportes.objects.create(encuentro=encuentro, titulo="Turismo")
    tarjeta = AporteFactory(encuentro=encuentro, estrategia=grupo.estrategia, cumulo=cumulo)
    necesidad = Necesidad(tema="Catastro", modalidad="capacitacion", grupo=grupo)
    return [
        cumulo,
        promover_a_necesidad(tarjeta, necesidad, por=zonal),
        necesidad,
        evidencia_de(encuentro, por=zonal, alcance="todos", consentimiento="De viva voz"),
        Memoria.objects.create(encuentro=encuentro, conversado="Se habló de turismo."),
        Cierre.objects.create(encuentro=encuentro, por=zonal),
    ]


def filas_del_plan_de_capacidades(grupo, zonal):
    """Un plan aprobado, con una actividad y lo que avanzó."""
    plan = PlanFactory(grupo=grupo, vigente=True, aprobado_por=zonal)
    actividad = ActividadFactory(plan=plan)
    avance = AvanceActividad(
        actividad=actividad, fecha=date(2026, 1, 5), porcentaje=40, texto="Se dictó", por=zonal
    )
    avance.save()
    return [plan, actividad, avance]


def filas_de_lo_que_sale(grupo, zonal):
    """Informe, documento, logotipo, preferencias, condiciones de los datos y cifras del avance."""
    emitido(zonal)
    return [
        Informe.objects.get(grupo=grupo),
        DocumentoEmitido.objects.get(clase="Prueba"),
        SerieDeDocumentos.objects.get(oficina="CZ1"),
        logotipo(),
        PreferenciasDeAvisos.objects.create(usuario=zonal),
        CondicionesDeDatos.objects.create(desde=date(2026, 1, 1)),
        CifrasDeAvance.objects.create(mirada="central", ambito="pais", cifras={}),
        CorteDeAvance.objects.create(
            mirada="central", ambito="pais", cifras={}, fecha=date(2019, 8, 22)
        ),
    ]
