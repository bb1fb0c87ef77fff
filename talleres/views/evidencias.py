"""Las evidencias de un encuentro: verlas, subirlas, describirlas, retirarlas y suprimirlas.

Los archivos viven fuera de lo que se sirve: cada entrega vuelve a autorizar.
"""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from territorios.documentos import nombre_de_pdf
from territorios.jurisdiccion import Permiso, exige
from territorios.subidas import es_excesiva
from territorios.texto import cuantos, recortar
from territorios.versiones import Conflicto
from territorios.views.archivos import entregar_archivo
from territorios.views.conflictos import responder_conflicto

from ..acciones import NoProcede
from ..acciones_evidencias import (
    describir_evidencia,
    retirar_evidencia,
    subir_evidencias,
    suprimir_evidencia,
)
from ..forms import VersionForm
from ..forms_evidencias import DescribirForm, RetirarForm, SubirForm
from ..models import Encuentro, Evidencia
from .encuentro import migas_de

PLANTILLAS = {
    "Describir": "talleres/describir_evidencia.html",
    "Retirar": "talleres/retirar_evidencia.html",
}
EXCESIVO = "Uno de los archivos pasa de 20 MB: no se recibió ninguno."


@exige(Permiso.VER_ACOMPANAMIENTO)
def evidencias(request, pk):
    """Todas las del encuentro que puede ver quien entra; las retiradas, aparte."""
    visibles = Encuentro.objects.visibles_para(request.user)
    encuentro = get_object_or_404(visibles.select_related("estrategia"), pk=pk)
    suyas = Evidencia.objects.visibles_para(request.user).filter(encuentro=encuentro)
    contexto = _contexto(encuentro, ("Evidencias", None)) | {
        "fotos": suyas.vigentes().fotos(),
        "documentos": suyas.vigentes().filter(clase=Evidencia.Clase.DOCUMENTO),
        "retiradas": suyas.exclude(retirada=None),
        "puede_editar": request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO),
    }
    return render(request, "talleres/evidencias.html", contexto)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def subir(request, pk):
    editables = Encuentro.objects.editables_por(request.user)
    encuentro = get_object_or_404(editables.select_related("estrategia"), pk=pk)
    form = SubirForm(request.POST, request.FILES) if request.method == "POST" else SubirForm()
    contexto = _contexto(encuentro, _todas(encuentro), ("Subir", None)) | {"form": form}
    plantilla = "talleres/subir_evidencias.html"
    if request.method == "GET":
        return render(request, plantilla, contexto)
    if es_excesiva(request):
        form.errors["archivos"] = form.error_class([EXCESIVO])
        return render(request, plantilla, contexto, status=413)
    if not form.is_valid():
        return render(request, plantilla, contexto, status=400)
    datos = {campo: form.cleaned_data[campo] for campo in ("leyenda", "alcance", "consentimiento")}
    nuevas = subir_evidencias(encuentro, form.preparadas, por=request.user, **datos)
    _decir(request, encuentro, len(nuevas), len(form.preparadas) - len(nuevas))
    return redirect("talleres:evidencias", pk)


def _decir(request, encuentro, nuevas, repetidas):
    if nuevas:
        dicho = cuantos(nuevas, "evidencia", "evidencias")
        messages.success(request, f"Se guardó en «{encuentro.tema}»: {dicho}.")
    if repetidas:
        dicho = cuantos(repetidas, "archivo ya estaba", "archivos ya estaban")
        messages.info(request, f"No se repitió lo que había: {dicho} entre las evidencias.")


# --- Una evidencia ------------------------------------------------------------------------------


@exige(Permiso.VER_ACOMPANAMIENTO)
def evidencia(request, pk):
    return _ficha(request, _traer(Evidencia.objects.visibles_para(request.user), pk))


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def describir(request, pk):
    evidencia = _traer(Evidencia.objects.editables_por(request.user), pk)
    form = DescribirForm(request.POST or None, instance=evidencia)
    if request.method == "GET" and not evidencia.retirada:
        return _pagina(request, evidencia, "Describir", form)
    if not form.is_valid():
        return _pagina(request, evidencia, "Describir", form, 409 if evidencia.retirada else 400)
    version = form.cleaned_data["version_leida"] or 0
    try:
        describir_evidencia(form.instance, por=request.user, version=version)
    except NoProcede as error:
        form.add_error(None, str(error))
        return _pagina(request, evidencia, "Describir", form, 409)
    except Conflicto as conflicto:
        return _conflicto(request, conflicto.actual, form.conflictos_con(conflicto.actual))
    messages.success(request, f"Se guardó la descripción de «{evidencia}».")
    return redirect("talleres:evidencia", pk)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def retirar(request, pk):
    evidencia = _traer(Evidencia.objects.editables_por(request.user), pk)
    form = RetirarForm(request.POST or None, initial={"version": evidencia.version})
    if request.method == "GET":
        return _pagina(request, evidencia, "Retirar", form)
    if not form.is_valid():
        return _pagina(request, evidencia, "Retirar", form, 400)
    try:
        retirar_evidencia(evidencia, por=request.user, **form.cleaned_data)
    except NoProcede as error:
        form.add_error(None, str(error))
        return _pagina(request, evidencia, "Retirar", form, 409)
    except Conflicto as conflicto:
        diferencias = [("Motivo del retiro", "", form.cleaned_data["motivo"])]
        return _conflicto(request, conflicto.actual, diferencias)
    messages.success(request, f"Se retiró «{evidencia}»: ya la ven solo la central y la zona.")
    return redirect("talleres:evidencias", evidencia.encuentro_id)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def suprimir(request, pk):
    evidencia = _traer(Evidencia.objects.editables_por(request.user), pk)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _ficha(request, evidencia, form, 400)
    try:
        suprimir_evidencia(evidencia, por=request.user, **form.cleaned_data)
    except NoProcede as error:
        form.add_error(None, str(error))
        return _ficha(request, evidencia, form, 409)
    except Conflicto:
        form.add_error(None, "Otra persona la cambió mientras usted la miraba: revísela.")
        return _ficha(request, evidencia, form, 409)
    messages.success(request, "Se suprimió la evidencia: su archivo ya no existe.")
    return redirect("talleres:evidencias", evidencia.encuentro_id)


# --- Los archivos -------------------------------------------------------------------------------


@exige(Permiso.VER_ACOMPANAMIENTO)
def archivo(request, pk):
    return _entregar(request, pk, "archivo")


@exige(Permiso.VER_ACOMPANAMIENTO)
def miniatura(request, pk):
    return _entregar(request, pk, "miniatura")


def _entregar(request, pk, campo):
    evidencia = _traer(Evidencia.objects.visibles_para(request.user), pk)
    guardado, nombre = getattr(evidencia, campo), nombre_de_pdf(evidencia.leyenda)
    if evidencia.es_foto:
        return entregar_archivo(guardado, f"{nombre.removesuffix('.pdf')}.jpg", "image/jpeg")
    return entregar_archivo(guardado, nombre)


# --- Común --------------------------------------------------------------------------------------


def _traer(evidencias, pk):
    return get_object_or_404(
        evidencias.select_related("encuentro__estrategia", "subida_por"), pk=pk
    )


def _ficha(request, evidencia, form=None, estado=200):
    contexto = _contexto(evidencia.encuentro, *_pasos(evidencia)) | {
        "evidencia": evidencia,
        "form": form,
        "puede_editar": request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO),
    }
    return render(request, "talleres/evidencia.html", contexto, status=estado)


def _pagina(request, evidencia, que, form, estado=200):
    contexto = _contexto(evidencia.encuentro, *_pasos(evidencia, que)) | {
        "evidencia": evidencia,
        "form": form,
    }
    return render(request, PLANTILLAS[que], contexto, status=estado)


def _pasos(evidencia, que=None):
    propia = recortar(evidencia.leyenda, 40)
    todas = _todas(evidencia.encuentro)
    if que is None:
        return [todas, (propia, None)]
    return [todas, (propia, evidencia.get_absolute_url()), (que, None)]


def _todas(encuentro):
    return "Evidencias", reverse("talleres:evidencias", args=[encuentro.pk])


def _contexto(encuentro, *pasos):
    return {
        "lugar": "talleres",
        "migas": migas_de(encuentro, *pasos),
        "encuentro": encuentro,
    }


def _conflicto(request, actual, diferencias):
    return responder_conflicto(request, actual, diferencias, actual.get_absolute_url())
