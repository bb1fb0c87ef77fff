"""El calendario propio: la página que da la dirección privada y el .ics que se lee con ella."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_POST,
    require_safe,
)

from acompanamiento.models import Grupo
from territorios.jurisdiccion import Permiso, es_publica, exige

from ..calendario import calendario_de, evento_de
from ..forms_suscripcion import SuscripcionForm
from ..models import Encuentro, SuscripcionCalendario
from ..programa import entidades_de, poner_lo_suyo
from ..suscripciones import YaTiene, cambiar_direccion, revocar, suscribir
from .cronograma import migas_de_talleres

TOPE_DE_EVENTOS = 2000


@exige(Permiso.VER_ACOMPANAMIENTO)
@never_cache
@require_http_methods(["GET", "POST"])
def suscripciones(request):
    """La clave se muestra en la respuesta al crearla, y nunca más."""
    form = _formulario(request, request.POST or None)
    if request.method == "GET":
        return _pagina(request, form)
    if form.is_valid():
        try:
            nueva, clave = suscribir(request.user, **form.cleaned_data)
        except YaTiene as error:
            form.add_error("nombre", str(error))
        else:
            return _pagina(request, _formulario(request), nueva, clave)
    return _pagina(request, form, estado=400)


@exige(Permiso.VER_ACOMPANAMIENTO)
@never_cache
@require_POST
def cambiar(request, pk):
    suscripcion, clave = cambiar_direccion(_suya(request, pk), por=request.user)
    return _pagina(request, _formulario(request), suscripcion, clave)


@exige(Permiso.VER_ACOMPANAMIENTO)
@require_POST
def revocar_suscripcion(request, pk):
    suscripcion = _suya(request, pk)
    revocar(suscripcion, por=request.user)
    messages.success(request, f"Se revocó «{suscripcion.nombre}»: su dirección ya no abre nada.")
    return redirect("talleres:suscripciones")


def _formulario(request, datos=None):
    visibles = Encuentro.objects.visibles_para(request.user)
    gads = visibles.gads().para_lista()
    return SuscripcionForm(
        datos,
        grupos=Grupo.objects.visibles_para(request.user).select_related("estrategia"),
        gads=gads.order_by("territorio__busqueda", "pk"),
        entidades=entidades_de(visibles),
    )


def _suya(request, pk):
    vivas = SuscripcionCalendario.objects.visibles_para(request.user).vivas()
    return get_object_or_404(vivas, pk=pk)


def _pagina(request, form, nueva=None, clave=None, estado=200):
    suyas = SuscripcionCalendario.objects.visibles_para(request.user).vivas()
    contexto = {
        "lugar": "talleres",
        "migas": migas_de_talleres(("Calendario propio", None)),
        "form": form,
        "suscripciones": suyas.select_related(
            "grupo__estrategia", "gad__territorio__padre__padre", "entidad"
        ),
        "nueva": nueva,
    }
    if clave:
        direccion = request.build_absolute_uri(reverse("talleres:calendario", args=[clave]))
        contexto["direccion"] = direccion
        # Con «webcal:» el teléfono abre su programa de calendario y no el navegador.
        contexto["webcal"] = "webcal:" + direccion.partition(":")[2]
    return render(request, "talleres/suscripciones.html", contexto, status=estado)


# --- El calendario ------------------------------------------------------------------------------


@es_publica
@require_safe
@conditional_page
def calendario(request, clave):
    """El .ics de quien tiene la clave. Mala, revocada o de una cuenta cerrada: el mismo 404."""
    suscripcion = SuscripcionCalendario.objects.de_clave(clave)
    if suscripcion is None:
        raise Http404
    contenido = calendario_de(_eventos(request, suscripcion), nombre="Talleres PDOT")
    respuesta = HttpResponse(contenido, content_type="text/calendar; charset=utf-8")
    respuesta["Content-Disposition"] = 'inline; filename="talleres.ics"'
    respuesta["Cache-Control"] = "private, no-cache"
    respuesta["X-Content-Type-Options"] = "nosniff"
    respuesta["X-Robots-Tag"] = "noindex"
    return respuesta


def _eventos(request, suscripcion):
    """Los que ve su dueño o dueña hoy; si son demasiados, los más recientes."""
    usuario = suscripcion.usuario
    encuentros = Encuentro.objects.visibles_para(usuario)
    grupos = {grupo.pk: grupo for grupo in Grupo.objects.visibles_para(usuario)}
    if suscripcion.grupo_id:
        suyos = [suscripcion.grupo_id] if suscripcion.grupo_id in grupos else []
        encuentros = encuentros.filter(grupos__in=suyos)
    if suscripcion.gad_id:
        encuentros = encuentros.con_gads([suscripcion.gad_id])
    if suscripcion.entidad_id:
        encuentros = encuentros.filter(facilitaciones__entidad=suscripcion.entidad_id)
    recientes = encuentros.para_calendario().order_by("-fecha", "-pk")[:TOPE_DE_EVENTOS]
    encuentros = list(recientes)
    poner_lo_suyo(encuentros, grupos, {})
    for encuentro in encuentros:
        direccion = request.build_absolute_uri(encuentro.get_absolute_url())
        yield evento_de(encuentro, grupos=encuentro.sus_grupos, direccion=direccion)
