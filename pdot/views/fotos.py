"""Las fotos de una evaluación: subirlas desde su sección, verlas y quitarlas.

Los archivos viven fuera de lo que se sirve: cada entrega vuelve a autorizar.
"""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.subidas import es_excesiva
from territorios.views.archivos import entregar_archivo

from ..acciones import NoProcede
from ..acciones_fotos import quitar_foto, subir_foto
from ..forms_fotos import EXCESIVA, FotoForm
from ..llenado import Llenado
from ..models import Evaluacion, FotoDeEvaluacion
from .evaluaciones import migas_de


@exige(Permiso.ESCRIBIR_EVALUACION)
@require_http_methods(["GET", "POST"])
def subir(request, pk, codigo):
    """Una foto a una sección, o a una de sus preguntas."""
    llenables = Evaluacion.objects.llenables_por(request.user).para_lista()
    evaluacion = get_object_or_404(llenables, pk=pk)
    seccion = get_object_or_404(evaluacion.instrumento.secciones, codigo=codigo)
    form = formulario_de_foto(Llenado(evaluacion, para=request.user), codigo, request)
    if request.method == "GET":
        return _pagina(request, evaluacion, codigo, form)
    if es_excesiva(request):
        form.errors["archivo"] = form.error_class([EXCESIVA])
        return _pagina(request, evaluacion, codigo, form, 413)
    if not form.is_valid():
        return _pagina(request, evaluacion, codigo, form, 400)
    try:
        foto = subir_foto(
            evaluacion, form.preparada, seccion=seccion, por=request.user, **form.datos
        )
    except NoProcede as motivo:
        form.add_error("archivo", str(motivo))
        return _pagina(request, evaluacion, codigo, form, 409)
    messages.success(request, f"Se guardó la foto «{foto}».")
    return redirect(reverse("pdot:seccion", args=[pk, codigo]) + "#fotos")


def formulario_de_foto(llenado, codigo, request=None):
    """El formulario para subir una a la sección `codigo`; lleno, si la petición trae uno."""
    parte = next((p for p in llenado.partes if p.seccion.codigo == codigo), None)
    preguntas = parte.preguntas if parte else []
    if request and request.method == "POST":
        return FotoForm(request.POST, request.FILES, preguntas=preguntas)
    return FotoForm(preguntas=preguntas)


@exige(Permiso.ESCRIBIR_EVALUACION)
@require_http_methods(["GET", "POST"])
def quitar(request, pk):
    """Pregunta antes: la foto se borra y no se recupera."""
    editables = FotoDeEvaluacion.objects.editables_por(request.user).select_related(
        "seccion",
        "evaluacion__pdot__gad__territorio__padre__padre",
        "evaluacion__pdot__gad__territorio__zona",
    )
    foto = get_object_or_404(editables, pk=pk)
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(foto.evaluacion, ("Quitar la foto", None)),
        "foto": foto,
        "volver": _pagina_de(foto),
    }
    if request.method == "GET":
        return render(request, "pdot/quitar_foto.html", contexto)
    try:
        quitar_foto(foto, por=request.user)
    except NoProcede as motivo:
        return render(request, "pdot/quitar_foto.html", contexto | {"motivo": motivo}, status=409)
    messages.success(request, f"Se quitó la foto «{contexto['foto']}».")
    return redirect(contexto["volver"])


def _pagina_de(foto):
    if foto.seccion is None:
        return foto.evaluacion.get_absolute_url()
    return reverse("pdot:seccion", args=[foto.evaluacion_id, foto.seccion.codigo]) + "#fotos"


# --- Los archivos -------------------------------------------------------------------------------


@exige(Permiso.VER_EVALUACIONES)
def archivo(request, pk):
    return _entregar(request, pk, "archivo")


@exige(Permiso.VER_EVALUACIONES)
def miniatura(request, pk):
    return _entregar(request, pk, "miniatura")


def _entregar(request, pk, campo):
    foto = get_object_or_404(FotoDeEvaluacion.objects.visibles_para(request.user), pk=pk)
    return entregar_archivo(getattr(foto, campo), f"papelote-{foto.pk}.jpg", "image/jpeg")


# --- Común --------------------------------------------------------------------------------------


def _pagina(request, evaluacion, codigo, form, estado=200):
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(evaluacion, ("Subir una foto", None)),
        "evaluacion": evaluacion,
        "codigo": codigo,
        "form": form,
    }
    return render(request, "pdot/subir_foto.html", contexto, status=estado)
