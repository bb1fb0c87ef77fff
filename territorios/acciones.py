"""Escrituras de esta app que tocan más de una fila."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from .jurisdiccion import Rol
from .models import Gad, Usuario, Zona

CLAVE_DEMO = "Circunvecino-2019"


class DemoNoDisponible(Exception):
    """No se pueden crear los usuarios de muestra; el mensaje dice por qué."""


@dataclass(frozen=True)
class UsuarioDemo:
    usuario: str
    nombre: str
    rol: Rol
    zona: int | None = None
    gad: str | None = None


USUARIOS_DEMO = (
    UsuarioDemo("central", "Central", Rol.CENTRAL),
    UsuarioDemo("zonal1", "Técnico/a zonal 1", Rol.ZONAL, zona=1),
    UsuarioDemo("zonal4", "Técnico/a zonal 4", Rol.ZONAL, zona=4),
    UsuarioDemo("gad0807", "Planificador/a de Rioverde", Rol.PLANIFICADOR, gad="0807"),
    UsuarioDemo("gad0801", "Planificador/a de Esmeraldas (cantón)", Rol.PLANIFICADOR, gad="0801"),
    UsuarioDemo("gad08", "Planificador/a de Esmeraldas (provincia)", Rol.PLANIFICADOR, gad="08"),
    UsuarioDemo("gad130352", "Planificador/a de Canuto", Rol.PLANIFICADOR, gad="130352"),
    UsuarioDemo("observador", "Observador/a", Rol.OBSERVADOR),
)


@transaction.atomic
def crear_usuarios_demo():
    """Crea los usuarios de muestra que falten. Devuelve pares (UsuarioDemo, si se creó ahora).

    Al que ya existe no se le toca ni la clave: alguien pudo cambiarla. Lanza DemoNoDisponible en
    producción, o si falta la DPA.
    """
    if settings.PRODUCCION:
        raise DemoNoDisponible("En producción no se crean usuarios de muestra.")
    _exigir_dpa()
    existentes = set(Usuario.objects.values_list("username", flat=True))
    # La clave es pública y la misma para todos: cifrarla una vez ahorra segundos.
    cifrada = make_password(CLAVE_DEMO)
    for demo in USUARIOS_DEMO:
        if demo.usuario not in existentes:
            _crear(demo, cifrada)
    return [(demo, demo.usuario not in existentes) for demo in USUARIOS_DEMO]


def _exigir_dpa():
    zonas = {demo.zona for demo in USUARIOS_DEMO if demo.zona}
    gads = {demo.gad for demo in USUARIOS_DEMO if demo.gad}
    completas = Zona.objects.filter(pk__in=zonas).count() == len(zonas)
    if not completas or Gad.objects.filter(pk__in=gads).count() < len(gads):
        raise DemoNoDisponible("Primero cargue la DPA (manage.py cargar_dpa).")


def _crear(demo, clave_cifrada):
    usuario = Usuario(
        username=demo.usuario,
        first_name=demo.nombre,
        email=f"{demo.usuario}@ejemplo.invalid",
        cargo=demo.rol.label,
        rol=demo.rol,
        zona_id=demo.zona,
        gad_id=demo.gad,
        password=clave_cifrada,
    )
    usuario._change_reason = "Usuario de muestra"
    usuario.save()
