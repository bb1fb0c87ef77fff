"""La mesa donde se forma un grupo nuevo. La de un grupo que ya existe vive en pdot."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige

from ..acciones import YaExiste, formar_grupo
from ..forms_grupo import GrupoForm
from ..mapas import mapa_de_mesa
from ..models import Estrategia, Grupo


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def nuevo(request, codigo):
    """Forma un grupo en una estrategia; nada se guarda mientras solo se revisa lo elegido."""
    estrategia = get_object_or_404(Estrategia.objects.visibles_para(request.user), codigo=codigo)
    retomado = _retomado(request, estrategia)
    grupo = Grupo(estrategia=estrategia, retoma=retomado)
    contexto = {
        "lugar": "acompanamiento",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("Acompañamiento", reverse("acompanamiento:inicio")),
            (estrategia.nombre, estrategia.get_absolute_url()),
            ("Formar un grupo", None),
        ],
        "titulo": "Formar un grupo",
        "retomado": retomado,
        "salida": estrategia.get_absolute_url(),
    }
    if request.method == "GET":
        iniciales = _de_la_direccion(request, retomado)
        form = GrupoForm(usuario=request.user, instance=grupo, initial=iniciales)
        return responder(request, form, contexto)
    if solo_revisa(request):
        iniciales = GrupoForm.tecleado(request.POST)
        form = GrupoForm(usuario=request.user, instance=grupo, initial=iniciales)
        return responder(request, form, contexto)
    form = GrupoForm(request.POST, usuario=request.user, instance=grupo)
    if not form.is_valid():
        return responder(request, form, contexto, 400)
    try:
        grupo = formar_grupo(form.instance, por=request.user, **form.lo_demas())
    except YaExiste as error:
        form.add_error("nombre", ya_existe(error.grupo))
        return responder(request, form, contexto, 409)
    messages.success(request, f"Se propuso el {grupo}.")
    return redirect(grupo)


def _retomado(request, estrategia):
    """El grupo cancelado que se vuelve a proponer, si la dirección lo dice."""
    if not request.GET.get("retoma"):
        return None
    cancelados = Grupo.objects.editables_por(request.user).filter(
        estrategia=estrategia, estado=Grupo.Estado.CANCELADO
    )
    return get_object_or_404(cancelados, pk=entero_de(request.GET["retoma"]))


def _de_la_direccion(request, retomado):
    """Lo que ya se sabe por la página de la que se viene: una propuesta o un grupo cancelado."""
    if retomado:
        codigos = list(retomado.membresias.vigentes_en().values_list("gad_id", flat=True))
        return {
            "nombre": retomado.nombre,
            "criterio": retomado.criterio_id,
            "sede": retomado.sede_id,
            "cantones": sorted({codigo[:4] for codigo in codigos if len(codigo) >= 4}),
        }
    cantones = request.GET.getlist("cantones")
    if not cantones:
        return {}
    return {"cantones": cantones, **{n: request.GET.get(n, "") for n in ("nombre", "sede")}}


def ya_existe(grupo):
    return format_html(
        'Ya hay un grupo vivo con ese nombre: <a href="{}">{}</a>. Si este es otro, nómbrelo '
        "distinto.",
        grupo.get_absolute_url(),
        grupo,
    )


# --- Lo que comparten la mesa de un grupo nuevo y la de uno que ya existe -------------------------


def solo_revisa(request):
    """Si se pide ver qué resulta de lo elegido, sin guardar."""
    return request.POST.get("accion") == "revisar"


def responder(request, form, contexto, estado=200):
    """La página entera; o, si la pide el guion de la mesa, solo lo que cambia con lo elegido."""
    contexto = contexto | {"form": form, "dictamen": form.dictamen}
    if request.headers.get("X-Fragmento"):
        return render(request, "acompanamiento/_mesa_elegido.html", contexto)
    terreno, eleccion = form.terreno, form.dictamen.eleccion
    propios = terreno.del_ambito(form.ambito_elegido) | set(eleccion.cantones)
    a_la_vista = terreno.con_vecinos(propios)
    contexto |= {
        "provincias": terreno.por_provincia(a_la_vista, eleccion),
        "mapa": mapa_de_mesa(terreno, eleccion, a_la_vista, ventana=propios),
    }
    return render(request, "acompanamiento/mesa.html", contexto, status=estado)
