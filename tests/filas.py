"""Filas sueltas de los modelos que no tienen fábrica, para lo que mira uno de cada uno."""

from datetime import date

from acompanamiento.models import AvanceAcuerdo, CumplimientoHito, Recordatorio
from talleres.models import (
    InsumoEncuentro,
    InsumoPlantilla,
    PreguntaEncuentro,
    PreguntaPlantilla,
    PuntoPlantilla,
)
from tests.fabricas import PlantillaFactory


def filas_del_seguimiento(acuerdo, hito, zonal):
    return [
        AvanceAcuerdo.objects.create(
            acuerdo=acuerdo, fecha=date(2019, 9, 1), texto="Avance", estado="en_curso", por=zonal
        ),
        Recordatorio.objects.create(
            acuerdo=acuerdo, motivo="vencido", fecha_limite=date(2019, 9, 1), destinatario=zonal
        ),
        hito,
        hito.hito,
        CumplimientoHito.objects.create(
            hito=hito, gad_id="0807", fecha=date(2019, 9, 1), evidencia="Acta 1", por=zonal
        ),
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
