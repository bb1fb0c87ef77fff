"""Las páginas sin cuenta: registrarse en la puerta con el QR y comprobar un certificado.

Quien las abre no sabe nada del encuentro ni de nadie: una clave mala recibe siempre lo mismo.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from territorios.codigos import en_grupos, normalizar
from territorios.comprobaciones import pagina_de
from territorios.jurisdiccion import es_publica, sin_rastro
from territorios.limites import esta_agotado, pasa
from territorios.models import Gad, NombreInstitucion

from ..acciones import NoProcede
from ..forms_puerta import CodigoForm, RegistroEnPuertaForm
from ..models import Certificado, Participante, Puerta, TextoConsentimiento
from ..models.certificado import LARGO_DEL_CODIGO
from ..models.puerta import medidas_de, plazo
from ..puerta import registrar_en_puerta

DE_LOS_LIMITES = "Demasiados intentos desde esta conexión: espere un minuto y vuelva a probar."


@dataclass
class Rechazo:
    """Por qué no se atiende, en palabras que no dicen nada de otras personas."""

    codigo: int
    titulo: str
    texto: str


INVENTADA = Rechazo(
    404,
    "Ese código no abre ningún registro",
    "Revise que la dirección esté completa, o apunte otra vez la cámara al cartel de la puerta.",
)
CERRADA = Rechazo(
    410,
    "Este registro está cerrado",
    "El código ya no sirve. Busque el cartel más reciente o avise en la mesa de registro.",
)
VENCIDA = Rechazo(
    410,
    "El registro de este encuentro ya terminó",
    "Si asistió y no alcanzó a registrarse, avise a quienes organizan el encuentro.",
)
SIN_TEXTO = Rechazo(
    503,
    "El registro por teléfono no está disponible",
    "Por favor, firme la hoja de asistencia en la mesa de registro.",
)
FRENADO = Rechazo(429, "Espere un momento", DE_LOS_LIMITES)


# --- Registrarse --------------------------------------------------------------------------------


@es_publica
@never_cache
@sin_rastro
@require_http_methods(["GET", "POST"])
def registro(request, clave):
    puerta = Puerta.objects.de_clave(clave)
    rechazo = _frenar(request, puerta)
    # Si ya está guardado y solo se perdió la respuesta, no se le dice que no por llegar tarde.
    if not rechazo and (ya := _del_mismo_envio(request, puerta)):
        return _registrado(request, clave, ya, True)
    rechazo = rechazo or _rechazo(puerta)
    if rechazo:
        return _rechazar(request, rechazo)
    form = RegistroEnPuertaForm(request.POST or None, **_gads(puerta.encuentro))
    if request.method == "GET":
        return _formulario(request, puerta, form)
    if not form.is_valid():
        return _errores(request, puerta, form)
    try:
        participante, ya_estaba = registrar_en_puerta(
            puerta, form.para_registrar(), clave_envio=form.cleaned_data["clave_envio"]
        )
    except NoProcede as error:
        return _rechazar(request, Rechazo(410, "No se puede registrar aquí", str(error)))
    return _registrado(request, clave, participante, ya_estaba)


def _registrado(request, clave, participante, ya_estaba):
    if _quiere_json(request):
        datos = {"pk": participante.pk, "version": participante.version, "ya_estaba": ya_estaba}
        return JsonResponse(datos, status=200 if ya_estaba else 201)
    return redirect("publico:gracias", clave)


def _del_mismo_envio(request, puerta):
    """Quien se registró con ese mismo envío, o None."""
    if puerta is None or request.method != "POST":
        return None
    try:
        clave_envio = UUID(request.POST.get("clave_envio", ""))
    except ValueError:
        return None
    del_encuentro = Participante.objects.filter(encuentro=puerta.encuentro_id)
    return del_encuentro.filter(clave_envio=clave_envio).first()


@es_publica
@never_cache
@sin_rastro
@require_safe
def gracias(request, clave):
    """Lo mismo para todos, se haya registrado antes o no: no dice quién está en la nómina."""
    puerta = Puerta.objects.de_clave(clave)
    if puerta is None:
        return _rechazar(request, _frenar(request, None) or INVENTADA)
    contexto = _membrete() | {
        "encuentro": puerta.encuentro,
        "clave": puerta.clave,
        "sigue_abierta": _rechazo(puerta) is None,
    }
    return render(request, "talleres/gracias.html", contexto)


def _frenar(request, puerta):
    """El límite por conexión: holgado con la clave buena, corto con las inventadas.

    En una sala hay un solo wifi: ochenta personas salen a la red con la misma dirección.
    """
    if puerta and request.method != "POST":
        return None
    accion = "registro_en_puerta" if puerta else "clave_inventada"
    return None if pasa(request, accion) else FRENADO


def _rechazo(puerta):
    if puerta is None:
        return INVENTADA
    medidas = medidas_de(puerta.encuentro)
    estado = puerta.estado_en(timezone.now(), medidas)
    if estado == Puerta.Estado.TEMPRANO:
        desde = timezone.localtime(plazo(puerta.encuentro, medidas)[0])
        cuando = f"{date_format(desde, 'DATE_FORMAT')} a las {desde:%H:%M}"
        return Rechazo(403, "El registro todavía no empieza", f"Se abre el {cuando}.")
    if estado != Puerta.Estado.ABIERTA:
        return {Puerta.Estado.CERRADA: CERRADA, Puerta.Estado.VENCIDA: VENCIDA}[estado]
    return None if TextoConsentimiento.objects.en(timezone.localdate()) else SIN_TEXTO


def _gads(encuentro):
    """{convocados, vecinos}: los GAD del encuentro y los demás, de hoy, de sus provincias."""
    convocados = list(encuentro.gads_convocados.para_lista().order_by("territorio"))
    provincias = {gad.pk[:2] for gad in convocados}
    if encuentro.canton_id:
        provincias.add(encuentro.canton_id[:2])
    suyos = Q()
    for provincia in provincias:
        suyos |= Q(territorio__codigo__startswith=provincia)
    if not suyos:
        return {"convocados": convocados, "vecinos": []}
    vecinos = Gad.objects.vigentes_en(encuentro.fecha).filter(suyos)
    vecinos = vecinos.exclude(pk__in=[gad.pk for gad in convocados])
    return {"convocados": convocados, "vecinos": list(vecinos.para_lista().order_by("territorio"))}


def _formulario(request, puerta, form, estado=200):
    contexto = _membrete() | {"encuentro": puerta.encuentro, "form": form}
    return render(request, "talleres/registrarse.html", contexto, status=estado)


def _errores(request, puerta, form):
    if _quiere_json(request):
        errores = {campo: list(suyos) for campo, suyos in form.errors.items()}
        return JsonResponse({"errores": errores}, status=400)
    return _formulario(request, puerta, form, estado=400)


# --- Comprobar un certificado -------------------------------------------------------------------


@es_publica
@never_cache
@sin_rastro
@require_http_methods(["GET", "POST"])
def comprobar(request):
    """El formulario para teclear el código. Lo que no puede ser un código se dice aquí mismo."""
    form = CodigoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codigo = normalizar(form.cleaned_data["codigo"])
        if len(codigo) == LARGO_DEL_CODIGO:
            return redirect("publico:certificado", en_grupos(codigo))
        form.add_error("codigo", "El código tiene dieciséis letras y números: revíselo.")
    estado = 400 if form.errors else 200
    return render(request, "talleres/comprobar.html", _membrete() | {"form": form}, status=estado)


@es_publica
@never_cache
@sin_rastro
@require_safe
def certificado(request, codigo):
    """Si es auténtico: nombre, evento y fecha. Si es de otro papel, lleva a su página."""
    if esta_agotado(request, "codigo_inventado"):
        return _no_es(request, 429)
    hallado = Certificado.objects.de_codigo(codigo)
    if hallado is None:
        if otra := pagina_de(codigo):
            return redirect(otra)
        pasa(request, "codigo_inventado")
        return _no_es(request, 404)
    contexto = _membrete() | {"certificado": hallado}
    estado = 410 if hallado.esta_anulado else 200
    return render(request, "talleres/certificado.html", contexto, status=estado)


def _no_es(request, estado):
    contexto = _membrete() | {"form": CodigoForm(), "frenado": estado == 429}
    return render(request, "talleres/comprobar.html", contexto | {"no_es": True}, status=estado)


# --- Lo común -----------------------------------------------------------------------------------


def _rechazar(request, rechazo):
    if _quiere_json(request):
        return JsonResponse(
            {"mensaje": f"{rechazo.titulo}. {rechazo.texto}"}, status=rechazo.codigo
        )
    contexto = _membrete() | {"rechazo": rechazo}
    return render(request, "talleres/registro_rechazado.html", contexto, status=rechazo.codigo)


def _membrete():
    return {"institucion": NombreInstitucion.objects.en()}


def _quiere_json(request):
    return "application/json" in request.headers.get("Accept", "")
