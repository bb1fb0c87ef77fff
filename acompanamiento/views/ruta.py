"""Hoja de ruta de un grupo: ver, fijar fechas y anotar cumplimientos."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from territorios.bitacora import cambios_de
from territorios.descargas import descargar, formato_pedido
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import anotar_cumplimiento, fijar_hoja_de_ruta
from ..forms import CumplimientoForm, HojaDeRutaForm
from ..hojas import HOJA_DE_RUTA, casillas
from ..models import CumplimientoHito, Grupo, Hito, HitoGrupo
from ..ruta import diagrama, hoja_de_ruta


def migas_de_ruta(grupo, *pasos):
    hoja = reverse("acompanamiento:hoja_de_ruta", args=[grupo.pk]) if pasos else None
    return [
        ("Inicio", reverse("inicio")),
        ("Acompañamiento", reverse("acompanamiento:inicio")),
        (str(grupo), grupo.get_absolute_url()),
        ("Hoja de ruta", hoja),
        *pasos,
    ]


@exige(Permiso.VER_ACOMPANAMIENTO)
def hoja(request, grupo):
    grupo = get_object_or_404(Grupo.objects.visibles_para(request.user), pk=grupo)
    hoy = timezone.localdate()
    ruta = hoja_de_ruta(grupo, hoy)
    usuario = request.user
    if formato := formato_pedido(request, HOJA_DE_RUTA):
        return descargar(formato, HOJA_DE_RUTA, casillas(ruta))
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_ruta(grupo),
        "grupo": grupo,
        "hoja": ruta,
        "renglones": [(_raiz(renglon.hito), renglon) for renglon in ruta.renglones],
        "hoja_que_se_exporta": HOJA_DE_RUTA,
        "diagrama": diagrama(ruta, hoy),
        "puede_editar": usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO) and grupo.esta_vivo,
        "anota": {gad.pk for gad in ruta.gads if _anota(usuario, gad.pk)},
        "bitacora": cambios_de(
            usuario,
            HitoGrupo.historia.filter(grupo=grupo.pk).select_related("hito"),
            CumplimientoHito.historia.filter(hito__in=[r.hito.pk for r in ruta.renglones]),
            nombrar=_nombrar,
        ),
    }
    return render(request, "acompanamiento/hoja_de_ruta.html", contexto)


def _raiz(hito):
    """La dirección de sus cumplimientos, a la que sigue el código de cada GAD."""
    return reverse("acompanamiento:cumplimiento", args=[hito.pk, "0"]).removesuffix("0/")


def _nombrar(fila):
    if fila.instance_type is HitoGrupo:
        return f"el hito «{fila.hito}»"
    return f"el cumplimiento de {fila.gad_id}"


def _anota(usuario, codigo):
    """Un GAD anota lo suyo; la zona y la central, lo de cualquier miembro."""
    return usuario.puede(Permiso.ANOTAR_AVANCES) and usuario.gad_id in (None, codigo)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def editar(request, grupo):
    grupo = get_object_or_404(Grupo.objects.editables_por(request.user).vivos(), pk=grupo)
    form = HojaDeRutaForm(
        request.POST or None,
        initial={"version": grupo.version},
        catalogo=list(Hito.objects.ofrecidos_a(grupo)),
        actuales={uno.hito_id: uno for uno in grupo.hitos.all()},
    )
    estado = 200 if request.method == "GET" else 400
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            fijar_hoja_de_ruta(grupo, form.fechas(), por=request.user, version=version)
        except Conflicto as conflicto:
            estado = 409
            motivo = "Otra persona cambió el grupo o su hoja: revise y guarde otra vez."
            form.add_error(None, motivo)
            form.data = form.data.copy()
            form.data["version"] = conflicto.actual.version
        else:
            messages.success(request, f"Se guardó la hoja de ruta del {grupo}.")
            return redirect("acompanamiento:hoja_de_ruta", grupo.pk)
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_ruta(grupo, ("Fijar fechas", None)),
        "grupo": grupo,
        "form": form,
    }
    return render(request, "acompanamiento/editar_hoja_de_ruta.html", contexto, status=estado)


@exige(Permiso.ANOTAR_AVANCES)
@require_http_methods(["GET", "POST"])
def cumplimiento(request, pk, codigo):
    """Anota que un GAD miembro cumplió un hito. Un GAD anota solo lo suyo."""
    visibles = HitoGrupo.objects.visibles_para(request.user).select_related("hito", "grupo")
    hito = get_object_or_404(visibles.exclude(grupo__estado=Grupo.Estado.CANCELADO), pk=pk)
    grupo = hito.grupo
    miembros = grupo.miembros()
    if request.user.gad_id:
        miembros = miembros.filter(pk=request.user.gad_id)
    gad = get_object_or_404(miembros, pk=codigo)
    actual = CumplimientoHito.objects.filter(hito=hito, gad=gad).first()
    # Versión 0: quien la leyó vio que todavía no estaba anotado.
    nuevo = CumplimientoHito(hito=hito, gad=gad, version=0)
    form = CumplimientoForm(request.POST or None, instance=actual or nuevo)
    if request.method == "POST" and form.is_valid():
        return _anotado(request, form)
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_ruta(grupo, (f"{hito.hito} · {gad.nombre}", None)),
        "grupo": grupo,
        "hito": hito,
        "gad": gad,
        "form": form,
    }
    estado = 400 if request.method == "POST" else 200
    return render(request, "acompanamiento/cumplimiento.html", contexto, status=estado)


def _anotado(request, form):
    cumplimiento = form.save(commit=False)
    hito, gad = cumplimiento.hito, cumplimiento.gad
    version = form.cleaned_data["version_leida"] or 0
    try:
        anotar_cumplimiento(cumplimiento, por=request.user, version=version)
    except Conflicto as conflicto:
        diferencias = form.conflictos_con(conflicto.actual)
        volver = reverse("acompanamiento:cumplimiento", args=[hito.pk, gad.pk])
        return responder_conflicto(request, conflicto.actual, diferencias, volver)
    messages.success(request, f"Se anotó que {gad.nombre} cumplió «{hito.hito}».")
    return redirect("acompanamiento:hoja_de_ruta", hito.grupo_id)
