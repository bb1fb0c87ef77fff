"""Recuerda el plazo para evaluar; para cron, una vez al día."""

from pdot.recordatorios import encolar_recordatorios
from territorios.recordar import OrdenDeRecordar


class Command(OrdenDeRecordar):
    help = (
        "Avisa a los GAD que todavía no envían su evaluación que su plazo se acerca o venció; "
        "de cada uno, una sola vez. Los correos los manda «enviar_correos»."
    )

    def recordar(self, fecha):
        yield f"Recordatorios nuevos: {encolar_recordatorios(fecha)}"
