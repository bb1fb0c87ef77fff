"""El plan de fortalecimiento de capacidades: la lista, el plan, sus versiones y su aprobación."""

from functools import partial

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from acompanamiento.acciones import YaExiste
from acompanamiento.models import Grupo
from territorios.bitacora import bitacora_a_pedido, cambios_de
from territorios.descargas import descargar, formato_pedido
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto
from territorios.views.documentos import entregar_documento

from ..acciones import NoProcede
from ..acciones_capacidades import abrir_plan, abrir_version, editar_plan, pasar_plan
from ..capacidades import comparar_planes, ficha_de_plan
from ..documentos_capacidades import pdf_de_plan
from ..forms_capacidades import PasoForm, PlanForm
from ..hojas_de_listas import CAPACIDADES
from ..models import ActividadCapacidad, PlanCapacidades
from ..pendientes import planes_por_aprobar

Estado = PlanCapacidades.Estado
CAMBIO = "El plan cambió desde que abrió esta página: repáselo y repita."
RELACIONADOS = ("grupo__estrategia", "grupo__zona", "zona", "parte_de", "aprobado_por")
HECHO = {
    Estado.PROPUESTO: "Se propuso",
    Estado.BORRADOR: "Se devolvió a borrador",
    Estado.APROBADO: "Se aprobó",
    Estado.CERRADO: "Se cerró",
}


def migas_de_plan(plan, *pasos):
    propio = plan.get_absolute_url() if pasos else None
    return [*migas_de_planes((plan.de_quien, propio)), *pasos]


def migas_de_planes(*pasos):
    lista = reverse("pdot:capacidades") if pasos else None
    pdot = ("PDOT", reverse("pdot:inicio"))
    return [("Inicio", reverse("inicio")), pdot, ("Planes de capacidades", lista), *pasos]


@exige(Permiso.VER_ACOMPANAMIENTO)
def lista(request):
    """Los de la jurisdicción; `?grupo=` deja los de un grupo, y `?por=aprobar`, los que espera."""
    planes = PlanCapacidades.objects.visibles_para(request.user).para_lista()
    grupo = None
    if "grupo" in request.GET:
        visibles = Grupo.objects.visibles_para(request.user)
        grupo = get_object_or_404(visibles, pk=entero_de(request.GET["grupo"]))
        planes = planes.filter(grupo=grupo)
    por_aprobar = request.GET.get("por") == "aprobar"
    if por_aprobar:
        planes = planes.filter(pk__in=planes_por_aprobar(request.user).values("pk"))
    if formato := formato_pedido(request, CAPACIDADES):
        return descargar(formato, CAPACIDADES, planes)
    contexto = {
        "lugar": "pdot",
        "hoja": CAPACIDADES,
        "pagina_de_pdot": "capacidades",
        "pagina_de_grupo": "capacidades",
        "migas": migas_de_planes(),
        "planes": planes,
        "grupo": grupo,
        "por_aprobar": por_aprobar,
        "puede_editar": request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO),
    }
    return render(request, "pdot/capacidades.html", contexto)


@exige(Permiso.VER_ACOMPANAMIENTO)
def plan(request, pk):
    return _pagina_de_plan(request, pk)


def _traer(planes, pk):
    return get_object_or_404(planes.select_related(*RELACIONADOS), pk=pk)


def _pagina_de_plan(request, pk, form=None, estado=200):
    usuario = request.user
    # El plan sale de sus versiones, que la página también dice: una consulta en lugar de dos.
    versiones = list(_con_lo_que_puede(_versiones(pk, usuario), usuario))
    plan = next((una for una in versiones if una.pk == pk), None)
    if plan is None:
        raise Http404
    contexto = {
        "lugar": "pdot",
        "migas": migas_de_plan(plan),
        "plan": plan,
        "grupo": plan.grupo,
        "pagina_de_grupo": "capacidades",
        "ficha": ficha_de_plan(plan, usuario),
        "versiones": versiones,
        "abierta": next((v for v in versiones if v.estado in PlanCapacidades.ABIERTOS), None),
        "form": form or PasoForm(initial={"version": plan.version}),
        "ve_autor": usuario.puede(Permiso.VER_BITACORA),
        "puede_descargar": usuario.puede(Permiso.DESCARGAR_INFORMES),
        "edita": plan.la_edita,
        "aprueba": plan.la_aprueba and plan.estado == Estado.PROPUESTO,
    }
    contexto |= bitacora_a_pedido(request, plan, partial(_bitacora, usuario, plan))
    return render(request, "pdot/plan_capacidades.html", contexto, status=estado)


def _con_lo_que_puede(planes, usuario):
    """Con `la_edita` y `la_aprueba`, para no preguntarlo aparte."""
    editables = PlanCapacidades.objects.editables_por(usuario).filter(pk=OuterRef("pk"))
    aprobables = PlanCapacidades.objects.aprobables_por(usuario).filter(pk=OuterRef("pk"))
    return planes.annotate(la_edita=Exists(editables), la_aprueba=Exists(aprobables))


def _versiones(pk, usuario):
    """Las que ve del plan de esa clave, también ella misma, de la última a la primera."""
    esta = PlanCapacidades.objects.filter(pk=pk)
    mismas = Q(grupo__in=esta.values("grupo")) | Q(zona__in=esta.values("zona"))
    visibles = PlanCapacidades.objects.visibles_para(usuario).filter(mismas)
    return visibles.select_related(*RELACIONADOS).order_by("-numero")


def _bitacora(usuario, plan):
    def nombrar(fila):
        es_plan = fila.instance_type is PlanCapacidades
        return "el plan" if es_plan else f"la actividad «{fila.titulo}»"

    actividades = ActividadCapacidad.historia.filter(plan=plan.pk)
    return cambios_de(usuario, plan.historia.all(), hijas=[actividades], nombrar=nombrar)


# --- Abrir y editar -----------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def nuevo(request):
    """Abre el plan de un grupo o de la zona; `?grupo=` lo trae elegido."""
    grupo = entero_de(request.GET.get("grupo"))
    inicial = {"de": f"g{grupo}"} if grupo else {}
    form = PlanForm(request.POST or None, usuario=request.user, initial=inicial)
    if request.method == "GET":
        return _pagina_de_editar(request, form, "Abrir un plan de capacidades")
    if not form.is_valid():
        return _pagina_de_editar(request, form, "Abrir un plan de capacidades", estado=400)
    try:
        plan = abrir_plan(form.instance, por=request.user)
    except YaExiste as error:
        form.add_error(None, _ya_existe(error.existente))
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
    else:
        messages.success(request, f"Se abrió el plan de capacidades: {plan.de_quien}.")
        return redirect(plan)
    return _pagina_de_editar(request, form, "Abrir un plan de capacidades", estado=409)


def _ya_existe(plan):
    return format_html(
        'Ya tiene un plan {}: <a href="{}">versión {}</a>. {}',
        plan.get_estado_display().lower(),
        plan.get_absolute_url(),
        plan.numero,
        "Abra desde él la versión siguiente." if plan.esta_aprobado else "Siga en ese.",
    )


def _pagina_de_editar(request, form, titulo, plan=None, estado=200):
    paso = (titulo, None)
    contexto = {
        "lugar": "pdot",
        "migas": migas_de_plan(plan, paso) if plan else migas_de_planes(paso),
        "plan": plan,
        "form": form,
        "titulo": titulo,
        "volver": plan.get_absolute_url() if plan else reverse("pdot:capacidades"),
    }
    return render(request, "pdot/editar_plan_capacidades.html", contexto, status=estado)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def editar(request, pk):
    plan = _traer(PlanCapacidades.objects.editables_por(request.user), pk)
    form = PlanForm(request.POST or None, instance=plan, usuario=request.user)
    titulo = "Editar el período y el objetivo"
    if request.method == "GET":
        return _pagina_de_editar(request, form, titulo, plan)
    if not form.is_valid():
        return _pagina_de_editar(request, form, titulo, plan, 400)
    try:
        editar_plan(
            form.instance, por=request.user, version=form.cleaned_data["version_leida"] or 0
        )
    except Conflicto as conflicto:
        diferencias = form.conflictos_con(conflicto.actual)
        return responder_conflicto(request, conflicto.actual, diferencias, plan.get_absolute_url())
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return _pagina_de_editar(request, form, titulo, plan, 409)
    messages.success(request, f"Se guardó el {plan}.")
    return redirect(plan)


# --- De un estado a otro ------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def pasar(request, pk):
    """Proponer, devolver a borrador o cerrar, según `a`. Aprobar tiene su propia dirección."""
    plan = _traer(PlanCapacidades.objects.editables_por(request.user), pk)
    a = request.POST.get("a")
    if a not in (Estado.PROPUESTO, Estado.BORRADOR, Estado.CERRADO):
        form = PasoForm(request.POST)
        form.add_error(None, "Elija qué hacer con el plan: proponerlo, devolverlo o cerrarlo.")
        return _pagina_de_plan(request, pk, form, 400)
    return _pasar(request, plan, a)


@exige(Permiso.APROBAR_PLANES)
@require_POST
def aprobar(request, pk):
    """Solo la central y la zona que coordina; a las demás, este plan no se les ofrece."""
    plan = _traer(PlanCapacidades.objects.aprobables_por(request.user), pk)
    return _pasar(request, plan, Estado.APROBADO)


def _pasar(request, plan, estado):
    form = PasoForm(request.POST)
    if not form.is_valid():
        return _pagina_de_plan(request, plan.pk, form, 400)
    try:
        pasar_plan(plan, estado, por=request.user, **form.cleaned_data)
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
    except Conflicto:
        form.add_error(None, CAMBIO)
    else:
        messages.success(request, f"{HECHO[estado]} el {plan}.")
        return redirect(plan)
    return _pagina_de_plan(request, plan.pk, form, 409)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def version(request, pk):
    """Abre la versión siguiente del plan aprobado."""
    plan = _traer(PlanCapacidades.objects.editables_por(request.user), pk)
    form = PasoForm(request.POST)
    if not form.is_valid():
        return _pagina_de_plan(request, pk, form, 400)
    try:
        nuevo = abrir_version(plan, por=request.user, version=form.cleaned_data["version"])
    except YaExiste as error:
        form.add_error(None, _ya_existe(error.existente))
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
    except Conflicto:
        form.add_error(None, CAMBIO)
    else:
        messages.success(request, f"Se abrió la versión {nuevo.numero}, que parte de esta.")
        return redirect(nuevo)
    return _pagina_de_plan(request, pk, form, 409)


@exige(Permiso.VER_ACOMPANAMIENTO)
def comparar(request, pk):
    """Qué cambió desde otra versión: la de que parte, o la de `?con=`."""
    plan = _traer(PlanCapacidades.objects.visibles_para(request.user), pk)
    otras = _versiones(pk, request.user).exclude(pk=plan.pk)
    if "con" in request.GET:
        otra = get_object_or_404(otras, pk=entero_de(request.GET["con"]))
    else:
        otra = otras.filter(pk=plan.parte_de_id).first() or otras.first()
    antes, despues = otra, plan
    if otra and otra.numero > plan.numero:
        antes, despues = plan, otra
    contexto = {
        "lugar": "pdot",
        "migas": migas_de_plan(plan, ("Comparar versiones", None)),
        "plan": plan,
        "otras": otras,
        "otra": otra,
        "antes": antes,
        "despues": despues,
        "comparacion": comparar_planes(antes, despues, request.user) if antes else None,
    }
    return render(request, "pdot/comparar_capacidades.html", contexto)


@exige(Permiso.DESCARGAR_INFORMES)
def plan_pdf(request, pk):
    plan = _traer(PlanCapacidades.objects.visibles_para(request.user), pk)
    return entregar_documento(request, pdf_de_plan(plan, request.user))
