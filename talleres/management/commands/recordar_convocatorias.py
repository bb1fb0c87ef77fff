"""Recuerda las convocatorias sin respuesta; para cron, una vez al día."""

from talleres.acciones_convocatoria import recordar_pendientes
from territorios.recordar import OrdenDeRecordar


class Command(OrdenDeRecordar):
    help = "Recuerda a los GAD convocados que no han respondido; a cada uno, una sola vez."

    def recordar(self, fecha):
        yield f"Recordatorios en cola: {recordar_pendientes(fecha)}"
