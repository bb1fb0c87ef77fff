"""Espacios de coordinación con sus miembros, y los contactos que a cada quien le toca ver."""

from django.db.models import Prefetch
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ..descargas import descargar, formato_pedido
from ..hojas import CONTACTOS, ESPACIOS
from ..jurisdiccion import Permiso, exige
from ..models import Contacto, EspacioCoordinacion, MiembroEspacio
from ..models.vigencia import vigente_en


@exige(Permiso.VER_TERRITORIO)
def espacios(request):
    hoy = timezone.localdate()
    miembros = MiembroEspacio.objects.filter(vigente_en(hoy)).select_related(
        "entidad", "gad__territorio__padre__padre"
    )
    vigentes = EspacioCoordinacion.objects.vigentes().select_related("zona")
    vigentes = vigentes.prefetch_related(Prefetch("miembros", miembros))
    if formato := formato_pedido(request, ESPACIOS):
        return descargar(formato, ESPACIOS, vigentes)
    contexto = {
        "lugar": "territorio",
        "migas": _migas("Espacios de coordinación"),
        "fecha": hoy,
        "espacios": vigentes,
        "hoja": ESPACIOS,
    }
    return render(request, "territorios/espacios.html", contexto)


@exige(Permiso.VER_CONTACTOS)
def contactos(request):
    hoy = timezone.localdate()
    visibles = Contacto.objects.visibles_para(request.user).filter(vigente_en(hoy))
    visibles = visibles.select_related("gad__territorio__padre__padre")
    if formato := formato_pedido(request, CONTACTOS):
        return descargar(formato, CONTACTOS, visibles)
    contexto = {
        "lugar": "territorio",
        "migas": _migas("Contactos"),
        "fecha": hoy,
        "contactos": visibles,
        "hoja": CONTACTOS,
    }
    return render(request, "territorios/contactos.html", contexto)


def _migas(titulo):
    inicio = ("Inicio", reverse("inicio"))
    return [inicio, ("Territorio", reverse("territorios:inicio")), (titulo, None)]
