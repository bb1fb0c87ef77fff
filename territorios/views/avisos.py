"""Los avisos de quien entra: leerlos, ir a donde llevan y decir cómo se quiere recibirlos."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ..avisos import guardar_preferencias, marcar_leidos
from ..filtros import entero_de
from ..forms_avisos import FiltroAvisos, PreferenciasForm, clases_para
from ..jurisdiccion import Permiso, exige
from ..models import Aviso, PreferenciasDeAvisos
from ..texto import cuantos

POR_PAGINA = 50


def _suyos(request):
    """Los que tiene a la vista: de nadie más, ni de cuando tenía otro rol o jurisdicción."""
    return Aviso.objects.visibles_para(request.user).en_plataforma()


def _migas(*pasos):
    return [
        ("Inicio", reverse("inicio")),
        ("Avisos", reverse("avisos:lista") if pasos else None),
        *pasos,
    ]


@exige(Permiso.VER_TERRITORIO)
def lista(request):
    """Los más nuevos primero."""
    filtro = FiltroAvisos(request.GET, clases=clases_para(request.user))
    es_valido = filtro.is_valid()
    avisos = filtro.aplicar(_suyos(request)) if es_valido else Aviso.objects.none()
    pagina = Paginator(avisos, POR_PAGINA).get_page(request.GET.get("pagina"))
    contexto = {
        "lugar": "avisos",
        "migas": _migas(),
        "filtro": filtro,
        "pagina": pagina,
        "total": pagina.paginator.count,
        "hasta": max((aviso.pk for aviso in pagina), default=0),
        "por_leer": any(aviso.leido is None for aviso in pagina),
    }
    return render(
        request, "territorios/avisos/lista.html", contexto, status=200 if es_valido else 400
    )


@exige(Permiso.VER_TERRITORIO)
def abrir(request, pk):
    """Lo marca leído y lleva a su lugar; allí se vuelve a mirar si quien entra puede verlo."""
    aviso = get_object_or_404(_visibles(request), pk=pk)
    marcar_leidos(Aviso.objects.filter(pk=aviso.pk))
    return HttpResponseRedirect(aviso.direccion)


def _visibles(request):
    # También los que no muestra la lista: el resumen por correo los enlaza.
    return Aviso.objects.visibles_para(request.user)


@exige(Permiso.VER_TERRITORIO)
@require_POST
def leer(request, pk):
    aviso = get_object_or_404(_visibles(request), pk=pk)
    marcar_leidos(Aviso.objects.filter(pk=aviso.pk))
    return redirect("avisos:lista")


@exige(Permiso.VER_TERRITORIO)
@require_POST
def leer_todos(request):
    """Hasta el último que la página mostraba: lo que llegó después no se ha visto."""
    leidos = marcar_leidos(_suyos(request).filter(pk__lte=entero_de(request.POST.get("hasta"))))
    if leidos:
        marcados = cuantos(leidos, "aviso marcado como leído", "avisos marcados como leídos")
        messages.success(request, f"{marcados}.")
    return redirect("avisos:lista")


@exige(Permiso.VER_TERRITORIO)
@require_http_methods(["GET", "POST"])
def preferencias(request):
    usuario = request.user
    actuales = PreferenciasDeAvisos.objects.filter(usuario=usuario).first()
    actuales = actuales or PreferenciasDeAvisos(usuario=usuario)
    clases = clases_para(usuario)
    datos = request.POST if request.method == "POST" else None
    form = PreferenciasForm(datos, actuales=actuales, clases=clases)
    if request.method == "POST" and form.is_valid():
        guardar_preferencias(usuario, **form.elegido, por=usuario)
        messages.success(request, "Se guardaron sus preferencias de avisos.")
        return redirect("avisos:preferencias")
    contexto = {"lugar": "avisos", "migas": _migas(("Preferencias", None)), "form": form}
    estado = 400 if request.method == "POST" else 200
    return render(request, "territorios/avisos/preferencias.html", contexto, status=estado)
