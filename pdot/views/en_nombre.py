"""La zona llena la evaluación de un GAD con lo que respondió en papel, y el GAD la toma de vuelta.

Después se llena con el formulario de siempre, por secciones.
"""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST

from territorios.documentos import nombre_de_pdf
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Gad
from territorios.subidas import es_excesiva

from ..acciones import NoProcede
from ..acciones_en_nombre import abrir_en_nombre, tomar_de_vuelta
from ..forms import NuevaEvaluacionForm
from ..forms_en_nombre import EnNombreForm
from ..models import Evaluacion, Pdot
from .evaluaciones import no_procede

EXCESIVO = "El archivo pasa de 20 MB: no se recibió."


@exige(Permiso.TRANSCRIBIR_EVALUACION)
@require_http_methods(["GET", "POST"])
def en_nombre(request, codigo):
    """Abre, o toma si el GAD no ha escrito nada, la evaluación de un GAD de su zona."""
    gad = get_object_or_404(Gad.objects.de_la_zona_de(request.user).para_lista(), pk=codigo)
    plan = NuevaEvaluacionForm(
        request.POST or None,
        instance=Pdot(gad=gad),
        planes=gad.planes.order_by("-anio_desde"),
        hoy=timezone.localdate(),
    )
    if request.method == "GET":
        return _pagina(request, gad, plan, EnNombreForm())
    form = EnNombreForm(request.POST, request.FILES)
    if es_excesiva(request):
        form.errors["papel"] = form.error_class([EXCESIVO])
        return _pagina(request, gad, plan, form, estado=413)
    if not all([plan.is_valid(), form.is_valid()]):
        return _pagina(request, gad, plan, form, estado=400)
    try:
        evaluacion = abrir_en_nombre(
            plan.elegido or plan.instance,
            form.cleaned_data,
            papel=form.preparado,
            por=request.user,
        )
    except NoProcede as motivo:
        return _pagina(request, gad, plan, form, motivo=motivo, estado=409)
    messages.success(request, f"Llena la evaluación de {gad.nombre} en nombre del GAD.")
    return redirect("pdot:seccion", evaluacion.pk, evaluacion.instrumento.secciones.first().codigo)


def _pagina(request, gad, plan, form, *, motivo="", estado=200):
    contexto = {
        "lugar": "pdot",
        "migas": [
            ("Inicio", reverse("inicio")),
            (str(gad.zona), None),
            (gad.nombre_con_lugar, gad.get_absolute_url()),
            ("Transcribir el formulario en papel", None),
        ],
        "gad": gad,
        "plan": plan,
        "form": form,
        "motivo": motivo,
    }
    return render(request, "pdot/en_nombre.html", contexto, status=estado)


@exige(Permiso.LLENAR_EVALUACION)
@require_POST
def retomar(request, pk):
    """El GAD toma de vuelta su evaluación: lo escrito se queda y la zona deja de llenarla."""
    suyas = Evaluacion.objects.del_gad_de(request.user).para_lista()
    evaluacion = get_object_or_404(suyas, pk=pk)
    try:
        cambio = tomar_de_vuelta(evaluacion, por=request.user)
    except NoProcede as motivo:
        return no_procede(request, pk, motivo)
    if cambio:
        dicho = "La evaluación vuelve a llenarla solo su GAD. Repase lo escrito."
        messages.success(request, dicho)
    else:
        messages.info(request, "La evaluación ya estaba solo en manos de su GAD.")
    return redirect(evaluacion)


@exige(Permiso.VER_EVALUACIONES)
def papel(request, pk):
    """La foto o el PDF del formulario: se descarga y no queda guardado en ningún intermediario."""
    visibles = Evaluacion.objects.visibles_para(request.user).para_lista()
    evaluacion = get_object_or_404(visibles, pk=pk)
    llenado = evaluacion.llenado_en_nombre
    se_muestra = llenado and llenado.papel and evaluacion.muestra_su_revision_a(request.user)
    try:
        abierto = llenado.papel.open("rb") if se_muestra else None
    except FileNotFoundError:
        abierto = None
    if abierto is None:
        messages.info(request, "No hay una foto ni un PDF del papel que usted pueda ver.")
        return redirect(evaluacion)
    nombre = nombre_de_pdf("Formulario", evaluacion.gad.nombre, str(evaluacion.numero))
    if llenado.es_foto:
        nombre = f"{nombre.removesuffix('.pdf')}.jpg"
    tipo = "image/jpeg" if llenado.es_foto else "application/pdf"
    respuesta = FileResponse(abierto, content_type=tipo, as_attachment=True, filename=nombre)
    respuesta["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(respuesta, private=True, no_store=True)
    return respuesta
