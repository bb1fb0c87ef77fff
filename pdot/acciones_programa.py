"""Verbos del programa de gobierno y sus proyectos, con autor y versión."""

from django.db import IntegrityError, transaction

from territorios.versiones import bloquear

from .acciones import NoProcede
from .models import Proyecto


def guardar_formulario(form, *, por):
    """Crea o guarda lo que trae un FormularioVersionado ya válido.

    Lanza Conflicto si otra persona guardó antes, y NoProcede si otra lo creó a la vez.
    """
    form.instance._history_user = por
    try:
        with transaction.atomic():
            return form.guardar()
    except IntegrityError as error:
        raise NoProcede("Eso mismo se acaba de registrar: vuelva a abrir la página.") from error


@transaction.atomic
def quitar_proyecto(proyecto, *, por, version):
    """Lo quita del programa; queda en la historia. Lanza Conflicto si alguien lo cambió."""
    proyecto = bloquear(Proyecto, proyecto.pk, version)
    proyecto._history_user = por
    proyecto.delete()
    return proyecto
