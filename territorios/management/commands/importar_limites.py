from datetime import date

from django.core.management.base import BaseCommand, CommandError

from territorios.importaciones.limites import importar_limites
from territorios.importaciones.previa import Archivo
from territorios.lectura import CargaRechazada
from territorios.models import Territorio


class Command(BaseCommand):
    help = "Importa límites oficiales (GeoJSON en WGS84) y los pone en uso en todos los mapas."

    def add_arguments(self, parser):
        parser.add_argument("archivo", help="GeoJSON de hasta 20 MB.")
        parser.add_argument("--nivel", choices=Territorio.Nivel.values, required=True)
        parser.add_argument("--fuente", required=True, help="De dónde salen, para el pie del mapa.")
        parser.add_argument(
            "--fecha", type=date.fromisoformat, required=True, help="De la fuente: AAAA-MM-DD."
        )
        parser.add_argument("--solo-revisar", action="store_true", help="No escribe nada.")

    def handle(self, *args, archivo, nivel, fuente, fecha, solo_revisar, **opciones):
        try:
            vista = importar_limites(
                Archivo.de_ruta(archivo),
                nivel=nivel,
                fuente=fuente,
                fecha=fecha,
                solo_revisar=solo_revisar,
            )
        except CargaRechazada as rechazo:
            raise CommandError(f"No se importó nada. {rechazo}") from rechazo
        for linea in vista.lineas():
            self.stdout.write(linea)
        if vista.cambia:
            self.stdout.write("Solo se revisó." if solo_revisar else "Importados y en uso.")
