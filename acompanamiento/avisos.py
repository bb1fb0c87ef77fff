"""A quién se le avisa de lo que pasa en el acompañamiento, salvo lo que recuerda el calendario."""

from django.urls import reverse

from territorios.avisos import avisar, planificadores_de
from territorios.models import Aviso


def avisar_consulta(linea, *, por):
    """A los GAD de la provincia: hay un texto sobre el que se espera su palabra."""
    gads = linea.gads_consultados().values("pk")
    avisar(
        planificadores_de(gads).exclude(pk=por.pk),
        clase=Aviso.Clase.LINEA,
        clave=f"linea-{linea.pk}-ronda-{linea.ronda}",
        texto=f"Una línea programática de {linea.provincia.nombre} espera su pronunciamiento.",
        direccion=reverse("acompanamiento:linea", args=[linea.pk]),
    )
