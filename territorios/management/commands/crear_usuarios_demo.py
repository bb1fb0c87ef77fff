from django.core.management.base import BaseCommand, CommandError

from territorios.acciones import CLAVE_DEMO, DemoNoDisponible, crear_usuarios_demo


class Command(BaseCommand):
    help = "Crea los usuarios de muestra que falten y los lista. No funciona en producción."

    def handle(self, *args, **opciones):
        try:
            usuarios = crear_usuarios_demo()
        except DemoNoDisponible as rechazo:
            raise CommandError(str(rechazo)) from rechazo
        self.stdout.write("Usuarios de muestra:")
        self.stdout.write(f"  {'usuario':<12}{'rol':<26}{'nombre':<42}clave")
        for demo, es_nuevo in usuarios:
            clave = CLAVE_DEMO if es_nuevo else f"{CLAVE_DEMO} (o la que usted le haya puesto)"
            self.stdout.write(f"  {demo.usuario:<12}{demo.rol.label:<26}{demo.nombre:<42}{clave}")
