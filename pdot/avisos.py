"""A quién se le avisa en cada paso de una evaluación. La clave es del paso: sale una vez."""

from territorios.avisos import avisar, equipo_de, planificadores_de
from territorios.jurisdiccion import Rol
from territorios.models import Aviso, Usuario

from . import correos
from .models import Asignacion
from .models.revision import quienes_revisan

Clase = Aviso.Clase


def avisar_envio(evaluacion, paso, *, sitio=""):
    """A quien la tiene asignada y, si a nadie le toca, al equipo de la zona."""
    correo = correos.evaluacion_enviada(evaluacion, sitio)
    texto = f"{evaluacion.gad.nombre_con_lugar} envió a revisión la evaluación de su PDOT."
    _del_paso(Clase.ENVIADA, evaluacion, paso, _revisores(evaluacion), texto, correo)


def avisar_devolucion(evaluacion, paso, observaciones, *, sitio=""):
    """Al GAD; `observaciones`: las de esta devolución."""
    correo = correos.evaluacion_devuelta(evaluacion, observaciones, paso.comentario, sitio)
    texto = "La coordinación zonal devolvió la evaluación de su PDOT para que la corrija."
    suyas = planificadores_de([evaluacion.pdot.gad_id])
    _del_paso(Clase.DEVUELTA, evaluacion, paso, suyas, texto, correo)


def avisar_aprobacion(evaluacion, paso, *, sitio=""):
    """Al GAD."""
    correo = correos.evaluacion_aprobada(evaluacion, paso.comentario, sitio)
    texto = "La coordinación zonal aprobó la evaluación de su PDOT."
    suyas = planificadores_de([evaluacion.pdot.gad_id])
    _del_paso(Clase.APROBADA, evaluacion, paso, suyas, texto, correo)


def avisar_encargo(evaluacion, asignacion, *, por, sitio=""):
    """A quien le encargan la revisión; quien la toma para sí ya lo sabe."""
    persona = asignacion.revisor
    if persona is None or persona == por:
        return
    avisar(
        [persona],
        clase=Clase.ENCARGO,
        clave=f"asignacion-{asignacion.pk}-{asignacion.version}",
        texto=f"Quedó a su cargo revisar la evaluación de {evaluacion.gad.nombre_con_lugar}.",
        direccion=evaluacion.get_absolute_url(),
        correo=correos.revision_encargada(evaluacion, sitio),
    )


def avisar_plan(plan, *, por):
    """Al equipo de la zona que lo coordina: el plan de capacidades pasó a otro estado."""
    que = {
        plan.Estado.PROPUESTO: "espera su aprobación",
        plan.Estado.BORRADOR: "volvió a borrador",
        plan.Estado.APROBADO: "se aprobó",
        plan.Estado.CERRADO: "se cerró",
    }
    zona = plan.zona_id or plan.grupo.zona_id
    avisar(
        equipo_de(zona).exclude(pk=por.pk),
        clase=Clase.PLAN,
        clave=f"plan-{plan.pk}-{plan.version}",
        texto=f"{plan}: {que[plan.estado]}.",
        direccion=plan.get_absolute_url(),
    )


def gads_sin_correo(codigos):
    """De esos GAD, los que no tienen ninguna cuenta a que escribir. Una consulta."""
    suyas = Usuario.objects.filter(rol=Rol.PLANIFICADOR, gad__in=codigos, is_active=True)
    return set(codigos) - set(suyas.exclude(email="").values_list("gad", flat=True))


def _revisores(evaluacion):
    # Quien la tenía pudo cambiar de zona o de rol: entonces vuelve a ser de todo el equipo.
    pueden = quienes_revisan(evaluacion)
    asignada = Asignacion.objects.filter(evaluacion=evaluacion).values("revisor")
    return pueden.filter(pk__in=asignada) or pueden.filter(rol=Rol.ZONAL)


def _del_paso(clase, evaluacion, paso, personas, texto, correo):
    # A quien lo hizo no se le cuenta lo que acaba de hacer.
    avisar(
        [persona for persona in personas if persona.pk != paso.por_id],
        clase=clase,
        clave=f"evaluacion-{evaluacion.pk}-paso-{paso.pk}",
        texto=texto,
        direccion=evaluacion.get_absolute_url(),
        correo=correo,
    )
