"""Un tema de la visión circunvecina: renombrar, quitar y agregar, separar, juntar y retirar."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto

from ..acciones import NoProcede
from ..acciones_vision import cambiar_tema, juntar_temas, retirar_tema, separar_tema
from ..forms_vision import JuntarForm, SepararForm, TemaForm, Versionado
from ..models import TemaDeVision
from ..vision import leer_vision, sueltas_de
from .vision import migas_de_vision

ACCIONES = ("guardar", "separar", "juntar", "retirar")
LLEGO_TARDE = (
    "Otra persona cambió el tema mientras usted decidía: abajo está como quedó, con lo que usted "
    "tecleó; revíselo y repita."
)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def tema(request, pk):
    editables = TemaDeVision.objects.editables_por(request.user)
    tema = get_object_or_404(editables.select_related("grupo__estrategia"), pk=pk)
    accion = request.POST.get("accion", "guardar") if request.method == "POST" else None
    accion = accion if accion is None or accion in ACCIONES else "guardar"
    mesa = Mesa(tema, request.user, accion, request.POST)
    if accion is None:
        return _pagina(request, mesa)
    if not mesa.form.is_valid():
        return _pagina(request, mesa, 400)
    try:
        dicho = mesa.cumplir()
    except NoProcede as motivo:
        mesa.form.add_error(None, str(motivo))
        return _pagina(request, mesa, 409)
    except Conflicto:
        mesa.llego_tarde()
        return _pagina(request, mesa, 409)
    messages.success(request, dicho)
    return redirect("pdot:vision_de_grupo", tema.grupo_id)


class Mesa:
    """Los cuatro formularios de la página; el de `accion` lleva lo tecleado."""

    def __init__(self, tema, usuario, accion, datos):
        self.tema, self.usuario, self.accion = tema, usuario, accion
        self.leer(datos)

    def leer(self, datos):
        """Arma los formularios con lo que hay ahora en la base."""
        self.lectura = leer_vision(self.tema.grupo, self.usuario)
        self.dichas = list(self.tema.pertenencias.select_related("gad__territorio__padre__padre"))
        self.formularios = {
            nombre: self._armar(nombre, datos if nombre == self.accion else None)
            for nombre in ACCIONES
        }

    @property
    def form(self):
        return self.formularios[self.accion]

    def _armar(self, nombre, datos):
        comunes = {"initial": {"version": self.tema.version}}
        if nombre == "separar":
            return SepararForm(datos, dichas=self.dichas, **comunes)
        if nombre == "juntar":
            otros = [t.tema for t in self.lectura.temas if t.tema != self.tema]
            return JuntarForm(datos, otros=otros, **comunes)
        if nombre == "retirar":
            return Versionado(datos, auto_id="retirar_%s", **comunes)
        quedan = [str(dicha.pk) for dicha in self.dichas]
        comunes["initial"] |= {"nombre": self.tema.nombre, "quedan": quedan}
        return TemaForm(
            datos,
            lectura=self.lectura,
            sueltas=sueltas_de(self.lectura),
            dichas=self.dichas,
            marcadas=datos.getlist("piezas") if datos else [],
            **comunes,
        )

    def cumplir(self):
        """Hace lo pedido y devuelve cómo se cuenta. Lanza NoProcede y Conflicto."""
        tema, datos = self.tema, self.form.cleaned_data
        version = datos.pop("version")
        hacer = {
            "guardar": cambiar_tema,
            "separar": separar_tema,
            "juntar": juntar_temas,
            "retirar": retirar_tema,
        }[self.accion]
        hecho = partial(hacer, tema, por=self.usuario, version=version)(**datos)
        return {
            "guardar": f"Se guardó el tema «{hecho}».",
            "separar": f"De «{tema}» se separó el tema «{hecho}».",
            "juntar": f"«{tema}» se juntó a «{hecho}».",
            "retirar": f"Se retiró «{tema}»: sus elementos vuelven a proponerse.",
        }[self.accion]

    def llego_tarde(self):
        """Relee el tema y deja lo tecleado con la versión de ahora."""
        self.tema.refresh_from_db()
        datos = self.form.data.copy()
        datos["version"] = str(self.tema.version)
        self.leer(datos)
        self.form.is_valid()
        self.form.add_error(None, LLEGO_TARDE)


def _pagina(request, mesa, estado=200):
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_vision(mesa.tema.grupo, (mesa.tema.nombre, None)),
        "grupo": mesa.tema.grupo,
        "tema": mesa.tema,
        "form": mesa.form if mesa.accion else mesa.formularios["guardar"],
        "formularios": mesa.formularios,
        "confirmado": mesa.tema.estado == TemaDeVision.Estado.CONFIRMADO,
        "vigente": mesa.tema.estado in TemaDeVision.VIGENTES,
    }
    return render(request, "pdot/tema.html", contexto, status=estado)
