"""A quién se le escribe en cada paso de una evaluación. La clave es del paso: sale una vez."""

from territorios.cartero import encolar
from territorios.jurisdiccion import Rol
from territorios.models import Usuario

from . import correos
from .models import Asignacion
from .models.revision import quienes_revisan


def avisar_envio(evaluacion, paso, *, sitio=""):
    """A quien la tiene asignada y, si a nadie le toca, al equipo de la zona."""
    _encolar(evaluacion, paso, _revisores(evaluacion), correos.evaluacion_enviada, sitio)


def avisar_devolucion(evaluacion, paso, observaciones, *, sitio=""):
    def escribir(evaluacion, sitio):
        return correos.evaluacion_devuelta(evaluacion, observaciones, paso.comentario, sitio)

    _encolar(evaluacion, paso, planificadores_de(evaluacion.pdot.gad_id), escribir, sitio)


def avisar_aprobacion(evaluacion, paso, *, sitio=""):
    def escribir(evaluacion, sitio):
        return correos.evaluacion_aprobada(evaluacion, paso.comentario, sitio)

    _encolar(evaluacion, paso, planificadores_de(evaluacion.pdot.gad_id), escribir, sitio)


def avisar_encargo(evaluacion, asignacion, *, por, sitio=""):
    """A quien le encargan la revisión; quien la toma para sí ya lo sabe."""
    persona = asignacion.revisor
    if persona is None or persona == por or not persona.email:
        return
    clave = f"asignacion-{asignacion.pk}-{asignacion.version}-{persona.pk}"
    mensaje = correos.revision_encargada(evaluacion, sitio)
    encolar(clave=clave, para=persona.email, **mensaje)


def planificadores_de(codigo):
    """Las cuentas del GAD, con correo."""
    suyas = Usuario.objects.filter(rol=Rol.PLANIFICADOR, gad=codigo, is_active=True)
    return suyas.exclude(email="")


def gads_sin_correo(codigos):
    """De esos GAD, los que no tienen ninguna cuenta a que escribir. Una consulta."""
    suyas = Usuario.objects.filter(rol=Rol.PLANIFICADOR, gad__in=codigos, is_active=True)
    return set(codigos) - set(suyas.exclude(email="").values_list("gad", flat=True))


def _revisores(evaluacion):
    # Quien la tenía pudo cambiar de zona o de rol: entonces vuelve a ser de todo el equipo.
    pueden = quienes_revisan(evaluacion)
    asignada = Asignacion.objects.filter(evaluacion=evaluacion).values("revisor")
    return pueden.filter(pk__in=asignada) or pueden.filter(rol=Rol.ZONAL)


def _encolar(evaluacion, paso, personas, escribir, sitio):
    mensaje = escribir(evaluacion, sitio)
    for persona in personas:
        # A quien lo hizo no se le cuenta lo que acaba de hacer.
        if persona.email and persona.pk != paso.por_id:
            clave = f"evaluacion-{evaluacion.pk}-paso-{paso.pk}-{persona.pk}"
            encolar(clave=clave, para=persona.email, **mensaje)
