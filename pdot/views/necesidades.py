"""Necesidades de capacidad: la lista, su ficha, declararlas, corregirlas y retirarlas."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from acompanamiento.acciones import YaExiste
from acompanamiento.models import Grupo
from territorios.bitacora import bitacora_a_pedido, cambios_de
from territorios.descargas import descargar, formato_pedido
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import NoProcede
from ..acciones_necesidades import corregir_necesidad, declarar_necesidad, retirar_necesidad
from ..forms_necesidades import FiltroNecesidades, NecesidadForm, RetiroForm, zonas_de
from ..hojas_de_listas import NECESIDADES
from ..models import ActividadCapacidad, Necesidad
from ..necesidades import MAXIMO_PARA_AGRUPAR, por_parecido
from ..promociones import tarjetas_de

POR_PAGINA = 50
YA_PUESTOS = ("tema", "componente", "origen", "constancia")


def migas_de_necesidades(*pasos):
    lista = reverse("pdot:necesidades") if pasos else None
    pdot = ("PDOT", reverse("pdot:inicio"))
    return [("Inicio", reverse("inicio")), pdot, ("Necesidades de capacidad", lista), *pasos]


@exige(Permiso.VER_ACOMPANAMIENTO)
def lista(request):
    """Las de la jurisdicción, lo urgente primero; con `?juntas=1`, agrupadas por parecido."""
    usuario = request.user
    grupos = list(Grupo.objects.visibles_para(usuario).vivos().order_by("estrategia", "numero"))
    filtro = FiltroNecesidades(request.GET, grupos=grupos, zonas=zonas_de(usuario))
    es_valido = filtro.is_valid()
    elegidas = Necesidad.objects.none()
    if es_valido:
        visibles = Necesidad.objects.visibles_para(usuario).con_atencion()
        elegidas = filtro.aplicar(visibles, grupos).por_urgencia()
    if es_valido and (formato := formato_pedido(request, NECESIDADES)):
        return descargar(formato, NECESIDADES, elegidas)
    pagina = Paginator(elegidas, POR_PAGINA).get_page(request.GET.get("pagina"))
    juntas = "juntas" in request.GET and pagina.paginator.count <= MAXIMO_PARA_AGRUPAR
    contexto = {
        "lugar": "pdot",
        "pagina_de_pdot": "necesidades",
        "pagina_de_grupo": "necesidades",
        "grupo": filtro.grupo_de(grupos) if es_valido else None,
        "migas": migas_de_necesidades(),
        "filtro": filtro,
        "hoja": NECESIDADES,
        "pagina": pagina,
        "juntas": por_parecido(elegidas) if juntas else None,
        "son_demasiadas": "juntas" in request.GET and not juntas,
        "maximo": MAXIMO_PARA_AGRUPAR,
        "puede_declarar": usuario.puede(Permiso.DECLARAR_NECESIDADES),
    }
    return render(request, "pdot/necesidades.html", contexto, status=200 if es_valido else 400)


@exige(Permiso.VER_ACOMPANAMIENTO)
def necesidad(request, pk):
    """De quién es, de dónde salió, qué la atiende y quién puede corregirla."""
    visibles = Necesidad.objects.visibles_para(request.user).con_atencion()
    una = get_object_or_404(visibles.por_urgencia(), pk=pk)
    actividades = ActividadCapacidad.objects.visibles_para(request.user)
    bitacora = partial(
        cambios_de, request.user, una.historia.all(), nombrar=lambda fila: "la necesidad"
    )
    contexto = {
        "lugar": "pdot",
        "migas": migas_de_necesidades((una.tema, None)),
        "necesidad": una,
        "tarjeta": tarjetas_de(request.user, necesidad=[una]).get(("necesidad", una.pk)),
        "actividades": actividades.filter(necesidades=una).para_lista().order_by("-plan__numero"),
        "puede_editar": una.retirada is None and _edita(request.user, una),
    }
    contexto |= bitacora_a_pedido(request, una, bitacora)
    return render(request, "pdot/necesidad.html", contexto)


def _edita(usuario, necesidad):
    return Necesidad.objects.editables_por(usuario).filter(pk=necesidad.pk).exists()


@exige(Permiso.DECLARAR_NECESIDADES)
@require_http_methods(["GET", "POST"])
def nueva(request):
    """Declara una; lo que va en la dirección la trae ya puesta desde otra página.

    `?grupo=` o `?gad=` dicen de quién; `?zona=`, de qué zona elegirlo; `?tema=`, `?componente=`,
    `?origen=` y `?constancia=`, de qué respuesta nació.
    """
    inicial = {
        "grupo": entero_de(request.GET.get("grupo")) or None,
        "gad": request.GET.get("gad"),
        "zona": entero_de(request.GET.get("zona")),
        "origen": Necesidad.Origen.ENCUENTRO,
    }
    inicial |= {campo: request.GET[campo] for campo in YA_PUESTOS if request.GET.get(campo)}
    form = NecesidadForm(request.POST or None, usuario=request.user, inicial=inicial)
    if request.method == "GET":
        return _pagina_de_editar(request, form, "Declarar una necesidad")
    if not form.is_valid():
        return _pagina_de_editar(request, form, "Declarar una necesidad", estado=400)
    try:
        hecha = declarar_necesidad(form.instance, por=request.user)
    except YaExiste as error:
        form.add_error(None, _ya_existe(error.existente))
        return _pagina_de_editar(request, form, "Declarar una necesidad", estado=409)
    messages.success(request, f"Se declaró la necesidad «{hecha.tema}» de {hecha.de_quien}.")
    return redirect(hecha)


def _ya_existe(necesidad):
    return format_html(
        'Ya está declarada una igual: <a href="{}">{}</a>. Si esta es otra, dígala distinto.',
        necesidad.get_absolute_url(),
        necesidad.tema,
    )


@exige(Permiso.DECLARAR_NECESIDADES)
@require_http_methods(["GET", "POST"])
def editar(request, pk):
    una = _traer_editable(request, pk)
    form = NecesidadForm(request.POST or None, instance=una, usuario=request.user)
    if request.method == "GET":
        return _pagina_de_editar(request, form, "Corregir la necesidad", una)
    if not form.is_valid():
        return _pagina_de_editar(request, form, "Corregir la necesidad", una, 400)
    version = form.cleaned_data["version_leida"] or 0
    try:
        corregir_necesidad(form.instance, por=request.user, version=version)
    except Conflicto as conflicto:
        diferencias = form.conflictos_con(conflicto.actual)
        return responder_conflicto(request, conflicto.actual, diferencias, una.get_absolute_url())
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return _pagina_de_editar(request, form, "Corregir la necesidad", una, 409)
    messages.success(request, f"Se guardó la necesidad «{form.instance.tema}».")
    return redirect(una)


def _traer_editable(request, pk):
    editables = Necesidad.objects.editables_por(request.user).vivas()
    return get_object_or_404(editables.por_urgencia(), pk=pk)


def _pagina_de_editar(request, form, titulo, necesidad=None, estado=200):
    ficha = [(necesidad.tema, necesidad.get_absolute_url())] if necesidad else []
    contexto = {
        "lugar": "pdot",
        "migas": migas_de_necesidades(*ficha, (titulo, None)),
        "necesidad": necesidad,
        "form": form,
        "titulo": titulo,
        "volver": necesidad.get_absolute_url() if necesidad else reverse("pdot:necesidades"),
    }
    return render(request, "pdot/editar_necesidad.html", contexto, status=estado)


@exige(Permiso.DECLARAR_NECESIDADES)
@require_http_methods(["GET", "POST"])
def retirar(request, pk):
    una = _traer_editable(request, pk)
    form = RetiroForm(request.POST or None, initial={"version": una.version})
    if request.method == "GET":
        return _pagina_de_editar(request, form, "Retirar la necesidad", una)
    if not form.is_valid():
        return _pagina_de_editar(request, form, "Retirar la necesidad", una, 400)
    try:
        retirar_necesidad(una, por=request.user, **form.cleaned_data)
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
    except Conflicto:
        form.add_error(None, "Otra persona la cambió mientras usted escribía: revísela y repita.")
    else:
        messages.success(request, f"Se retiró la necesidad «{una.tema}» de {una.de_quien}.")
        return redirect(una)
    return _pagina_de_editar(request, form, "Retirar la necesidad", una, 409)
