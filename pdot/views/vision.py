"""La visión circunvecina de un grupo: temas propuestos y confirmados, redacción y acuerdo."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from acompanamiento.models import Grupo
from territorios.bitacora import bitacora_a_pedido
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import NoProcede
from ..acciones_vision import (
    acordar_vision,
    confirmar_tema,
    guardar_redaccion,
    rechazar_propuesta,
)
from ..forms_vision import AcordarForm, RedaccionForm, TemaNuevoForm, UmbralForm
from ..models import VisionCircunvecina
from ..vision import (
    DE_TODO_EL_GRUPO,
    bitacora_de_vision,
    contado,
    leer_vision,
    nombre_para,
    redactar,
    sueltas_de,
    visiones_de,
)

BORRADOR = VisionCircunvecina.Estado.BORRADOR


def traer_grupo(grupos, pk):
    return get_object_or_404(grupos.select_related("estrategia"), pk=pk)


def migas_de_vision(grupo, *pasos):
    pagina = reverse("pdot:vision_de_grupo", args=[grupo.pk]) if pasos else None
    return [
        ("Inicio", reverse("inicio")),
        ("Acompañamiento", reverse("acompanamiento:inicio")),
        (f"Grupo {grupo.numero}", grupo.get_absolute_url()),
        ("Visión circunvecina", pagina),
        *pasos,
    ]


def _editables(usuario):
    return Grupo.objects.editables_por(usuario).conformados()


# --- La página ----------------------------------------------------------------------------------


@exige(Permiso.VER_ACOMPANAMIENTO)
def vision(request, pk):
    grupo = traer_grupo(Grupo.objects.visibles_para(request.user), pk)
    filtro = UmbralForm(request.GET)
    lectura = leer_vision(grupo, request.user, filtro.elegido)
    visiones = visiones_de(grupo) if grupo.esta_conformado else []
    puede = request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO) and grupo.esta_conformado
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_vision(grupo),
        "pagina_de_grupo": "vision",
        "grupo": grupo,
        "filtro": filtro,
        "umbral": filtro.elegido,
        "lectura": lectura,
        "temas": _temas(lectura),
        "propuestas": [
            (tema, contado(tema, lectura), _dichos(tema, lectura)) for tema in lectura.propuestas
        ],
        "sueltas": [(pieza, lectura.de_quien(pieza.gads)) for pieza in lectura.sueltas],
        "en_redaccion": next((par for par in visiones if par[0].estado == BORRADOR), None),
        "acordadas": [par for par in visiones if par[0].estado != BORRADOR],
        "puede_editar": puede,
    }
    estado = 200 if filtro.is_valid() else 400
    return render(request, "pdot/vision.html", contexto | _bitacora(request, grupo), status=estado)


def _bitacora(request, grupo):
    dada = bitacora_a_pedido(request, grupo, partial(bitacora_de_vision, request.user, grupo))
    if "bitacora_en" in dada:
        dada["bitacora_en"] = f"{request.path}?cambios=1#bitacora-titulo"
    return dada


def dichos_de(tema, lectura):
    """[(quién, dirección de su evaluación, texto, sigue en ella, sigue en el grupo)]."""
    filas = []
    for gad, texto, pieza in tema.dichos:
        evaluacion = gad and lectura.evaluaciones.get(gad.pk)
        quien = gad.nombre_con_lugar if gad else DE_TODO_EL_GRUPO
        direccion = evaluacion.get_absolute_url() if evaluacion else None
        es_miembro = gad is None or gad.pk in lectura.miembros
        filas.append((quien, direccion, texto, pieza is not None, es_miembro))
    return filas


def _temas(lectura):
    return [(tema, contado(tema, lectura), dichos_de(tema, lectura)) for tema in lectura.temas]


def _dichos(tema, lectura):
    return [(pieza, lectura.de_quien(pieza.gads)) for _, _, pieza in tema.dichos]


# --- Confirmar o rechazar lo propuesto ----------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def tema_nuevo(request, pk):
    """Un tema con los elementos marcados en la dirección (`pieza`), o con los que se elijan."""
    grupo = traer_grupo(_editables(request.user), pk)
    lectura = leer_vision(grupo, request.user)
    datos = request.POST if request.method == "POST" else request.GET
    marcadas = datos.getlist("piezas" if request.method == "POST" else "pieza")
    elegidas = [pieza for clave in marcadas if (pieza := lectura.pieza(clave))]
    form = TemaNuevoForm(
        request.POST or None,
        lectura=lectura,
        sueltas=sueltas_de(lectura),
        marcadas=marcadas,
        initial={"nombre": nombre_para(elegidas) if elegidas else ""},
    )
    if request.method == "GET":
        return _pagina_de_tema_nuevo(request, grupo, form)
    if not form.is_valid():
        return _pagina_de_tema_nuevo(request, grupo, form, 400)
    return _decidir(request, grupo, form)


def _decidir(request, grupo, form):
    rechaza = request.POST.get("accion") == "rechazar"
    decidir = rechazar_propuesta if rechaza else confirmar_tema
    try:
        tema = decidir(grupo, por=request.user, **form.cleaned_data)
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return _pagina_de_tema_nuevo(request, grupo, form, 409)
    if rechaza:
        messages.success(request, f"Se rechazó «{tema}»: esos elementos no vuelven a proponerse.")
    else:
        messages.success(request, f"Se confirmó el tema «{tema}» del grupo {grupo.numero}.")
    return redirect("pdot:vision_de_grupo", grupo.pk)


def _pagina_de_tema_nuevo(request, grupo, form, estado=200):
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_vision(grupo, ("Confirmar un tema", None)),
        "grupo": grupo,
        "form": form,
    }
    return render(request, "pdot/tema_nuevo.html", contexto, status=estado)


# --- El texto -----------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def redactar_vision(request, pk):
    """La visión en redacción; si no hay, la que sigue, con un texto que sale de los temas."""
    grupo = traer_grupo(_editables(request.user), pk)
    lectura = leer_vision(grupo, request.user)
    abierta = grupo.visiones.filter(estado=BORRADOR).prefetch_related("temas").first()
    acordada = grupo.visiones.exclude(estado=BORRADOR).order_by("-numero").first()
    propuesta = redactar(lectura)
    temas = [tema.tema for tema in lectura.temas]
    elegidos = abierta.temas.all() if abierta else temas
    form = RedaccionForm(
        request.POST or None,
        temas=temas,
        initial={
            "texto": abierta.texto if abierta else propuesta,
            "temas": [str(tema.pk) for tema in elegidos],
            "version": abierta.version if abierta else 0,
        },
    )
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_vision(grupo, ("Redactar", None)),
        "grupo": grupo,
        "form": form,
        "abierta": abierta,
        "acordada": acordada,
        "propuesta": propuesta,
        "temas": _temas(lectura),
    }
    if request.method == "GET":
        return render(request, "pdot/redactar_vision.html", contexto)
    if not form.is_valid():
        return render(request, "pdot/redactar_vision.html", contexto, status=400)
    return _guardar_redaccion(request, grupo, form)


def _guardar_redaccion(request, grupo, form):
    volver = reverse("pdot:redactar_vision", args=[grupo.pk])
    tecleado = form.cleaned_data["texto"]
    try:
        guardada = guardar_redaccion(grupo, por=request.user, **form.cleaned_data)
    except Conflicto as conflicto:
        pares = [("Visión circunvecina", conflicto.actual.texto, tecleado)]
        return responder_conflicto(request, conflicto.actual, pares, volver)
    except NoProcede as motivo:
        ultima = grupo.visiones.order_by("-numero").first()
        pares = [("Visión circunvecina", ultima.texto if ultima else "", tecleado)]
        return responder_conflicto(request, ultima or grupo, pares, volver, str(motivo))
    messages.success(request, f"Se guardó la {str(guardada)[0].lower()}{str(guardada)[1:]}.")
    return redirect("pdot:vision_de_grupo", grupo.pk)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def acordar(request, pk):
    """Da por acordada la que está en redacción: fecha, encuentro y a la vista la anterior."""
    grupo = traer_grupo(_editables(request.user), pk)
    abierta = grupo.visiones.filter(estado=BORRADOR).first()
    if abierta is None:
        messages.info(request, "No hay una visión en redacción: redáctela primero.")
        return redirect("pdot:vision_de_grupo", grupo.pk)
    form = AcordarForm(request.POST or None, grupo=grupo, initial={"version": abierta.version})
    if request.method == "GET":
        return _pagina_de_acordar(request, grupo, abierta, form)
    if not form.is_valid():
        return _pagina_de_acordar(request, grupo, abierta, form, 400)
    try:
        acordada = acordar_vision(abierta, por=request.user, **form.cleaned_data)
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return _pagina_de_acordar(request, grupo, abierta, form, 409)
    except Conflicto as conflicto:
        form.add_error(None, "Otra persona cambió el texto: léalo abajo y acuérdelo si vale.")
        form.data = form.data.copy()
        form.data["version"] = str(conflicto.actual.version)
        return _pagina_de_acordar(request, grupo, conflicto.actual, form, 409)
    messages.success(request, f"Quedó acordada la versión {acordada.numero} de la visión.")
    return redirect("pdot:vision_de_grupo", grupo.pk)


def _pagina_de_acordar(request, grupo, abierta, form, estado=200):
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_vision(grupo, ("Acordar", None)),
        "grupo": grupo,
        "abierta": abierta,
        "anterior": grupo.visiones.exclude(estado=BORRADOR).order_by("-numero").first(),
        "form": form,
    }
    return render(request, "pdot/acordar_vision.html", contexto, status=estado)
