"""Pone en la cola los resúmenes de avisos y borra los avisos viejos; para cron, una vez al día."""

from territorios.avisos import retirar_viejos
from territorios.recordar import OrdenDeRecordar
from territorios.resumenes import encolar_resumenes


class Command(OrdenDeRecordar):
    help = (
        "Junta los avisos sin leer de cada quien en un correo, según prefiera (al día o a la "
        "semana), y borra los avisos leídos hace tiempo. Los correos los manda «enviar_correos»."
    )

    def recordar(self, fecha):
        retirados = retirar_viejos()
        yield f"Resúmenes nuevos en la cola de correo: {encolar_resumenes(fecha)}"
        yield f"Avisos viejos retirados: {retirados}"
