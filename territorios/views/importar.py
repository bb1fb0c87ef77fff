"""Importar límites, DPA y autoridades: se sube, se mira qué cambiaría y se confirma."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from ..forms import AutoridadesForm, DpaForm, LimitesForm
from ..importaciones import espera
from ..importaciones.fuentes import importar
from ..importaciones.previa import DemasiadoGrande, VistaCambiada
from ..jurisdiccion import Permiso, exige
from ..lectura import CargaRechazada
from ..models import CapaLimites
from ..subidas import es_excesiva

FORMULARIOS = {"limites": LimitesForm, "dpa": DpaForm, "autoridades": AutoridadesForm}
HECHO = {
    "limites": "Los límites se importaron y todos los mapas ya los usan.",
    "dpa": "La división político-administrativa quedó al día.",
    "autoridades": "Las autoridades se importaron.",
}
VENCIDO = (
    "La vista previa venció o ya se confirmó: no se escribió nada. Suba el archivo otra vez para "
    "ver de nuevo qué cambia."
)
EXCESIVO = "El archivo pasa de 20 MB: no se recibió."


@exige(Permiso.IMPORTAR_TERRITORIO)
def inicio(request):
    return _pagina(request)


@exige(Permiso.IMPORTAR_TERRITORIO)
def limites(request):
    return _revisar(request, "limites")


@exige(Permiso.IMPORTAR_TERRITORIO)
def dpa(request):
    return _revisar(request, "dpa")


@exige(Permiso.IMPORTAR_TERRITORIO)
def autoridades(request):
    return _revisar(request, "autoridades")


@exige(Permiso.IMPORTAR_TERRITORIO)
@require_POST
def confirmar(request):
    try:
        pendiente = espera.recoger(request.POST.get("pase", ""), de=request.user)
    except espera.PaseVencido:
        return _pagina(request, rechazo=VENCIDO, status=400)
    try:
        importar(
            pendiente.clase,
            pendiente.archivo,
            pendiente.opciones,
            por=request.user,
            aprobada=pendiente.aprobada,
        )
    except VistaCambiada as cambio:
        return _mostrar(request, pendiente, cambio.vista, cambiada=True)
    except CargaRechazada as rechazo:
        return _pagina(request, rechazo=rechazo, status=400)
    espera.quitar(pendiente.archivo, de=request.user)
    messages.success(request, HECHO[pendiente.clase])
    return redirect("territorios:importar")


def _revisar(request, clase):
    if request.method != "POST":
        return redirect("territorios:importar")
    form = FORMULARIOS[clase](request.POST, request.FILES)
    if es_excesiva(request):
        return _pagina(request, {clase: form}, rechazo=EXCESIVO, status=413)
    if not form.is_valid():
        return _pagina(request, {clase: form}, status=413 if form.grande else 400)
    archivo, opciones = form.cleaned_data["archivo"], form.opciones
    try:
        vista = importar(clase, archivo, opciones, por=request.user, solo_revisar=True)
    except DemasiadoGrande as rechazo:
        return _pagina(request, {clase: form}, rechazo=rechazo, status=413)
    except CargaRechazada as rechazo:
        return _pagina(request, {clase: form}, rechazo=rechazo, status=400)
    return _mostrar(request, espera.EnEspera(archivo, clase, opciones, vista.huella), vista)


def _mostrar(request, pendiente, vista, *, cambiada=False):
    """La vista previa, con el pase para confirmarla si hay algo que escribir."""
    contexto = {
        "lugar": "territorio",
        "migas": [*_migas(reverse("territorios:importar")), ("Vista previa", None)],
        "vista": vista,
        "cambiada": cambiada,
    }
    if vista.cambia:
        contexto["pase"] = espera.poner(
            pendiente.archivo, pendiente.clase, pendiente.opciones, vista.huella, de=request.user
        )
    plantilla = "territorios/importar_vista.html"
    return render(request, plantilla, contexto, status=409 if cambiada else 200)


def _pagina(request, formularios=None, *, rechazo=None, status=200):
    dados = formularios or {}
    contexto = {
        "lugar": "territorio",
        "migas": _migas(None),
        "importaciones": [
            (clase, dados.get(clase) or formulario(auto_id=f"{clase}_%s"))
            for clase, formulario in FORMULARIOS.items()
        ],
        "rechazo": rechazo,
        "capas": CapaLimites.objects.order_by("nivel", "-en_uso", "-fecha", "-pk"),
    }
    return render(request, "territorios/importar.html", contexto, status=status)


def _migas(direccion):
    inicio = ("Inicio", reverse("inicio"))
    return [inicio, ("Territorio", reverse("territorios:inicio")), ("Importar", direccion)]
