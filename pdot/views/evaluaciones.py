"""La evaluación vista por quien la llena y por quien la consulta."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from territorios.bitacora import cambios_de
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto

from ..acciones import (
    Incompleta,
    NoProcede,
    abrir_evaluacion,
    declarar_plan_y_abrir,
    enviar_evaluacion,
)
from ..forms import FiltroEvaluaciones, NuevaEvaluacionForm
from ..llenado import Llenado
from ..models import Evaluacion, Pdot, Respuesta
from ..promociones import tarjetas_de
from ..tablero import evaluacion_propia

POR_PAGINA = 50


@exige(Permiso.VER_EVALUACIONES)
def lista(request):
    """Evaluaciones de la jurisdicción, la última cambiada primero."""
    filtro = FiltroEvaluaciones(request.GET)
    elegidas = Evaluacion.objects.visibles_para(request.user)
    es_valido = filtro.is_valid()
    estado = filtro.cleaned_data["estado"] if es_valido else ""
    if estado:
        elegidas = elegidas.filter(estado=estado)
    en_orden = elegidas.para_lista().order_by("-actualizada", "-pk")
    contexto = {
        "lugar": "pdot",
        "migas": [("Inicio", reverse("inicio")), ("PDOT", None)],
        "pagina": Paginator(en_orden, POR_PAGINA).get_page(request.GET.get("pagina")),
        "filtro": filtro,
        "estado": estado,
        "por_revisar": Evaluacion.objects.revisables_por(request.user).count(),
        "propia": evaluacion_propia(request.user),
    }
    return render(request, "pdot/lista.html", contexto, status=200 if es_valido else 400)


@exige(Permiso.LLENAR_EVALUACION)
@require_http_methods(["GET", "POST"])
def nueva(request):
    """Abre la evaluación de un PDOT del GAD, o de otro que se declara aquí mismo."""
    gad = request.user.gad
    form = NuevaEvaluacionForm(
        request.POST or None,
        instance=Pdot(gad=gad),
        planes=gad.planes.order_by("-anio_desde"),
        hoy=timezone.localdate(),
    )
    contexto = {
        "lugar": "pdot",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("PDOT", reverse("pdot:inicio")),
            ("Empezar la evaluación", None),
        ],
        "gad": gad,
        "form": form,
    }
    if request.method == "GET":
        abierta = Evaluacion.objects.editables_por(request.user).first()
        return redirect(abierta) if abierta else render(request, "pdot/nueva.html", contexto)
    if not form.is_valid():
        return render(request, "pdot/nueva.html", contexto, status=400)
    try:
        evaluacion = _abrir(form, request.user)
    except NoProcede as motivo:
        return render(request, "pdot/nueva.html", contexto | {"motivo": motivo}, status=409)
    messages.success(request, f"Se abrió la evaluación del {evaluacion.pdot} de {gad.nombre}.")
    return redirect("pdot:seccion", evaluacion.pk, evaluacion.instrumento.secciones.first().codigo)


def _abrir(form, usuario):
    if form.elegido:
        return abrir_evaluacion(form.elegido, por=usuario)
    return declarar_plan_y_abrir(form.instance, por=usuario)


@exige(Permiso.VER_EVALUACIONES)
def detalle(request, pk):
    """La evaluación entera: estado, respuestas, qué falta, observaciones y quién hizo qué."""
    evaluacion = _traer(Evaluacion.objects.visibles_para(request.user), pk)
    return render(request, "pdot/evaluacion.html", contexto_de_detalle(request, evaluacion))


def contexto_de_detalle(request, evaluacion, **mas):
    usuario = request.user
    llenado = Llenado(evaluacion, para=usuario)
    es_suya = evaluacion.es_de(usuario)
    return {
        "lugar": "pdot",
        "migas": migas_de(evaluacion),
        "evaluacion": evaluacion,
        "llenado": llenado,
        "puede_llenar": es_suya and evaluacion.esta_en_manos_del_gad,
        "puede_abrir_otra": es_suya and evaluacion.estado == Evaluacion.Estado.APROBADA,
        "puede_revisar": Evaluacion.objects.revisables_por(usuario)
        .filter(pk=evaluacion.pk)
        .exists(),
        "problemas": _problemas(evaluacion, usuario),
        "pasos": evaluacion.pasos.select_related("por"),
        "bitacora": _bitacora(usuario, evaluacion, llenado),
    } | mas


def _problemas(evaluacion, usuario):
    """En orden, cada uno con la `tarjeta` de que nació, si nació de una que se puede ver."""
    problemas = list(evaluacion.problemas.order_by("orden"))
    tarjetas = tarjetas_de(usuario, problema=problemas)
    for problema in problemas:
        problema.tarjeta = tarjetas.get(("problema", problema.pk))
    return problemas


def _bitacora(usuario, evaluacion, llenado):
    """La de quien la escribe o la revisa. Quien revisa no lee lo tachado antes de enviarse."""
    if not llenado.con_revision:
        return []
    preguntas = {pregunta.pk: pregunta.codigo for pregunta in llenado.preguntas}

    def nombrar(fila):
        if fila.instance_type is Respuesta:
            return f"la respuesta {preguntas.get(fila.pregunta_id, '')}"
        return "la evaluación"

    historias = [evaluacion.historia.all(), Respuesta.historia.filter(evaluacion=evaluacion.pk)]
    if not evaluacion.es_de(usuario):
        envio = evaluacion.pasos.filter(a=Evaluacion.Estado.ENVIADA).first()
        desde = envio.cuando if envio else evaluacion.creada
        historias = [historia.filter(history_date__gte=desde) for historia in historias]
    return cambios_de(usuario, *historias, nombrar=nombrar)


@exige(Permiso.LLENAR_EVALUACION)
@require_POST
def enviar(request, pk):
    """Envía a revisión. Lo incompleto se lista con enlaces y no se envía."""
    evaluacion = _traer(Evaluacion.objects.del_gad_de(request.user), pk)
    leida = request.POST.get("leida")
    try:
        enviar_evaluacion(evaluacion, por=request.user, version=_version(request), leida=leida)
    except Incompleta:
        contexto = contexto_de_detalle(request, evaluacion, se_intento_enviar=True)
        return render(request, "pdot/evaluacion.html", contexto, status=400)
    except (NoProcede, Conflicto) as motivo:
        return no_procede(request, pk, motivo)
    messages.success(request, f"Se envió a revisión la evaluación de {evaluacion.gad.nombre}.")
    return redirect(evaluacion)


def no_procede(request, pk, motivo):
    """409 con la evaluación como está ahora y el motivo escrito."""
    evaluacion = _traer(Evaluacion.objects.visibles_para(request.user), pk)
    if isinstance(motivo, Conflicto):
        estado = evaluacion.get_estado_display().lower()
        motivo = f"La evaluación cambió desde que abrió esta página. Ahora está {estado}: repásela."
    contexto = contexto_de_detalle(request, evaluacion, motivo=motivo)
    return render(request, "pdot/evaluacion.html", contexto, status=409)


def _version(request):
    """La versión que llevaba el formulario; 0 (siempre vieja) si falta o no es un número."""
    return entero_de(request.POST.get("version"))


def _traer(evaluaciones, pk):
    return get_object_or_404(evaluaciones.para_lista(), pk=pk)


def migas_de(evaluacion, *mas):
    gad = evaluacion.pdot.gad
    migas = [
        ("Inicio", reverse("inicio")),
        (str(gad.zona), None),
        (gad.nombre_con_lugar, gad.get_absolute_url()),
        ("Evaluación del PDOT", evaluacion.get_absolute_url() if mas else None),
    ]
    return migas + list(mas)
