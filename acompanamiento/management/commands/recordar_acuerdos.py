"""Recuerda los acuerdos por vencer y vencidos; para cron, una vez al día."""

from acompanamiento.recordatorios import encolar_recordatorios
from territorios.recordar import OrdenDeRecordar


class Command(OrdenDeRecordar):
    help = (
        "Avisa a los responsables de los acuerdos por vencer y vencidos; de cada uno, una "
        "sola vez. Los correos los manda «enviar_correos»."
    )

    def recordar(self, fecha):
        yield f"Recordatorios nuevos: {encolar_recordatorios(fecha)}"
