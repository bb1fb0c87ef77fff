from datetime import date

from django.core.management.base import BaseCommand, CommandError

from territorios.importaciones.dpa import importar_dpa
from territorios.importaciones.previa import Archivo
from territorios.lectura import CargaRechazada


class Command(BaseCommand):
    help = "Pone al día la DPA con un clasificador del INEC más nuevo (CSV o XLSX). Nada se borra."

    def add_arguments(self, parser):
        parser.add_argument("archivo", help="CSV o XLSX de hasta 20 MB.")
        parser.add_argument(
            "--fecha", type=date.fromisoformat, required=True, help="Desde cuándo rige: AAAA-MM-DD."
        )
        parser.add_argument("--solo-revisar", action="store_true", help="No escribe nada.")

    def handle(self, *args, archivo, fecha, solo_revisar, **opciones):
        try:
            vista = importar_dpa(Archivo.de_ruta(archivo), fecha=fecha, solo_revisar=solo_revisar)
        except CargaRechazada as rechazo:
            raise CommandError(f"No se importó nada. {rechazo}") from rechazo
        for linea in vista.lineas():
            self.stdout.write(linea)
        if vista.cambia:
            self.stdout.write("Solo se revisó." if solo_revisar else "Importado.")
